variable "companies_file" {
  description = "Path of companies.csv, with commas: the same list as netvisor-fleet's."
  type        = string
}

variable "api_keys" {
  description = "API keys by Business ID; a key that stands here goes before the list's own."
  type        = map(string)
  default     = {}
  sensitive   = true
}

variable "workspace_id" {
  description = "Airbyte's workspace."
  type        = string
}

variable "destination_id" {
  description = "Where every company's namespace is."
  type        = string
}

variable "docker_repository" {
  description = "The connector's image."
  type        = string
  default     = "airbyte/source-netvisor"
}

variable "docker_image_tag" {
  description = "The image's tag."
  type        = string
  default     = "0.1.0"
}

variable "partner_id" {
  description = "The software partner's ID; empty where Airbyte or the image has it."
  type        = string
  default     = ""
}

variable "partner_key" {
  description = "The software partner's key; empty where Airbyte or the image has it."
  type        = string
  default     = ""
  sensitive   = true
}

variable "night_start_minute" {
  description = "When the night begins, in minutes after midnight UTC."
  type        = number
  default     = 1200
}

variable "night_minutes" {
  description = "Over how many minutes the companies are spread."
  type        = number
  default     = 420
}
