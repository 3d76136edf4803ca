output "namespaces" {
  description = "The namespace of each company, by Business ID."
  value       = { for id, connection in airbyte_connection.company : id => connection.namespace_format }
}
