# The fleet as Terraform resources: for those who keep their infrastructure so. It reads the same list as netvisor-fleet;
# use one of the two, not both. Not applied to a real Airbyte by this project; its syntax and its expressions are tested.

locals {
  rows      = csvdecode(file(var.companies_file))
  companies = { for row in local.rows : row.business_id => row }

  # stream => mode, by group; written by `python -m tests.terraform_streams`
  groups = jsondecode(file("${path.module}/streams.json"))
  modes  = merge(values(local.groups)...)

  words = {
    for id, row in local.companies : id => [
      for word in regexall("[^\\s,;+|]+", lower(try(row.streams, ""))) : word
    ]
  }

  wanted = {
    for id, words in local.words : id => sort(distinct(flatten([
      for word in(length(words) == 0 ? ["suggested"] : words) :
      contains(keys(local.groups), word) ? keys(local.groups[word]) : [word]
    ])))
  }

  # the same minute of the night as netvisor-fleet's
  minutes = {
    for id in keys(local.companies) :
    id => (var.night_start_minute + parseint(substr(sha256(id), 0, 16), 16) % var.night_minutes) % 1440
  }

  schedules = {
    for id, row in local.companies : id => (
      try(row.schedule, "") == "" ? "0 ${local.minutes[id] % 60} ${floor(local.minutes[id] / 60)} * * ?" : row.schedule
    )
  }
}

resource "airbyte_source_definition" "netvisor" {
  workspace_id      = var.workspace_id
  name              = "Visma Netvisor"
  docker_repository = var.docker_repository
  docker_image_tag  = var.docker_image_tag
}

resource "airbyte_source" "company" {
  for_each = local.companies

  workspace_id  = var.workspace_id
  definition_id = airbyte_source_definition.netvisor.id
  name          = "${each.value.company_name} (${each.key})"

  configuration = jsonencode(merge(
    {
      company_name = each.value.company_name
      business_id  = each.key
      api_user_id  = each.value.api_user_id
      api_key      = lookup(var.api_keys, each.key, each.value.api_key)
    },
    try(each.value.start_date, "") == "" ? {} : { start_date = each.value.start_date },
    var.partner_id == "" ? {} : { partner_id = var.partner_id },
    var.partner_key == "" ? {} : { partner_key = var.partner_key },
  ))

  lifecycle {
    precondition {
      condition     = can(regex("^[0-9]{7}-[0-9]$", each.key))
      error_message = "A Business ID of the list is not written as 1967543-8."
    }
    precondition {
      condition     = !can(regex("^(env|file|airbyte):", nonsensitive(lookup(var.api_keys, each.key, each.value.api_key))))
      error_message = "This module reads no references to keys: give the key in the variable api_keys."
    }
  }
}

resource "airbyte_connection" "company" {
  for_each = local.companies

  name           = "${each.value.company_name} (${each.key})"
  source_id      = airbyte_source.company[each.key].source_id
  destination_id = var.destination_id
  status         = "active"

  namespace_definition = "custom_format"
  namespace_format     = "netvisor_${replace(each.key, "-", "_")}"
  prefix               = ""

  # new columns arrive by themselves; new streams do not, since they would come without a mode, and with payroll
  non_breaking_schema_updates_behavior = "propagate_columns"

  schedule = {
    schedule_type   = local.schedules[each.key] == "manual" ? "manual" : "cron"
    cron_expression = local.schedules[each.key] == "manual" ? null : local.schedules[each.key]
  }

  configurations = {
    streams = [
      for name in local.wanted[each.key] : {
        name      = name
        sync_mode = local.modes[name]
      }
    ]
  }

  lifecycle {
    precondition {
      condition     = length(setsubtract(local.wanted[each.key], keys(local.modes))) == 0
      error_message = "The list names a stream that the connector does not have, or takes one away with a minus, which this module cannot."
    }
  }
}
