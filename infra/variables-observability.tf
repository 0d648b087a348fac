variable "alarms" {
  description = <<-EOT
    Alarms and notices of this environment, and who gets them. Null: none, and no metrics are published. {}: all alarms on an SNS topic that you subscribe to yourselves. docs/how-to/set-up-alarms.md has the price and what each alarm says.
    emails: each has to confirm the subscription. webhook_url: https; SNS signs each message. job_states: states of a job that are told at once. dashboard: a CloudWatch dashboard. team_budgets: AWS Budgets for each of teams with a usd_per_month.
    Thresholds, 0 for none: elapsed_percent of the expected time to the end, stall_percent of the time in which by the run's own rhythm a checkpoint is due, goodput_percent of the time on nodes, spend_percent of the approved amount, interruptions_per_hour, gpu_percent over 15 minutes, heartbeat_minutes without the pipeline, detached_hours after somebody left a run on purpose.
  EOT
  type = object({
    emails       = optional(set(string), [])
    webhook_url  = optional(string)
    job_states   = optional(set(string), ["Failed", "Stopped"])
    dashboard    = optional(bool, false)
    team_budgets = optional(bool, false)

    elapsed_percent        = optional(number, 200)
    stall_percent          = optional(number, 300)
    goodput_percent        = optional(number, 50)
    spend_percent          = optional(number, 90)
    interruptions_per_hour = optional(number, 4)
    gpu_percent            = optional(number, 5)
    heartbeat_minutes      = optional(number, 5)
    detached_hours         = optional(number, 24)
  })
  default = null

  validation {
    condition     = var.alarms == null ? true : alltrue([for email in var.alarms.emails : can(regex("^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$", email))])
    error_message = "alarms must have emails of the form NAME@HOST, for example training@example.com."
  }

  validation {
    condition     = try(var.alarms.webhook_url, null) == null ? true : startswith(var.alarms.webhook_url, "https://")
    error_message = "alarms must have a webhook_url that starts with https://, because SNS would send the messages in clear text."
  }

  validation {
    condition     = try(var.alarms.webhook_url, null) == null ? true : !startswith(var.alarms.webhook_url, "https://") || can(regex("^https://[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*(:[0-9]{1,5})?(/[^?#@[:space:]]*)?$", var.alarms.webhook_url))
    error_message = "alarms must have a webhook_url of the form https://HOST[:PORT]/PATH, without credentials and query: it is in plan, state and console in clear text. Let the receiver verify SNS's signature instead."
  }

  validation {
    condition     = var.alarms == null ? true : alltrue([for state in var.alarms.job_states : contains(["Failed", "Stopped", "Completed"], state)])
    error_message = "alarms may have job_states of Failed, Stopped and Completed."
  }

  validation {
    condition     = var.alarms == null ? true : alltrue([for percent in [var.alarms.elapsed_percent, var.alarms.stall_percent] : percent == 0 || percent >= 1 && percent <= 100000])
    error_message = "alarms must have an elapsed_percent and stall_percent from 1 to 100000, or 0 for none."
  }

  validation {
    condition     = var.alarms == null ? true : alltrue([for percent in [var.alarms.spend_percent, var.alarms.goodput_percent, var.alarms.gpu_percent] : percent == 0 || percent >= 1 && percent <= 100])
    error_message = "alarms must have a spend_percent, goodput_percent and gpu_percent from 1 to 100, or 0 for none."
  }

  validation {
    condition     = var.alarms == null ? true : alltrue([for count in [var.alarms.interruptions_per_hour, var.alarms.heartbeat_minutes, var.alarms.detached_hours] : count >= 0 && floor(count) == count])
    error_message = "alarms must have whole numbers as interruptions_per_hour, heartbeat_minutes and detached_hours, or 0 for none."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.heartbeat_minutes != 1 && var.alarms.heartbeat_minutes <= 1440 && var.alarms.detached_hours <= 168
    error_message = "alarms must have heartbeat_minutes from 2 to 1440, because the pipeline reports once a minute, and detached_hours of at most 168, the longest that CloudWatch looks back."
  }

  validation {
    condition     = var.alarms == null ? true : !var.alarms.team_budgets || anytrue([for limits in values(var.teams) : limits.usd_per_month != null])
    error_message = "alarms has team_budgets, but no team in teams has a usd_per_month."
  }
}
