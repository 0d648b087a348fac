variable "name" {
  description = "Name that everything starts with: the base of the jobs' names."
  type        = string
}

variable "environment" {
  description = "Name of the environment, as messages and commands have it."
  type        = string
}

variable "team" {
  description = "Team that pays."
  type        = string
}

variable "account_id" {
  description = "Account of topic and key."
  type        = string
}

variable "partition" {
  description = "Partition of ARNs, for example aws."
  type        = string
}

variable "region" {
  description = "Region of alarms and dashboard."
  type        = string
}

variable "execution_role_arn" {
  description = "Role of this environment's jobs, by which their events are told from those of others."
  type        = string
}

variable "budgets" {
  description = "Monthly US dollars of each team that gets a budget."
  type        = map(number)
}

variable "alarms" {
  description = "The settings, as the variable of the root module has them."
  type = object({
    emails                 = set(string)
    webhook_url            = string
    job_states             = set(string)
    dashboard              = bool
    elapsed_percent        = number
    stall_percent          = number
    goodput_percent        = number
    spend_percent          = number
    interruptions_per_hour = number
    gpu_percent            = number
    heartbeat_minutes      = number
    detached_hours         = number
  })
}
