variable "name" {
  description = "Name that everything starts with: the base of the jobs' names."
  type        = string
}

variable "environment" {
  description = "Name of the environment, as commands have it."
  type        = string
}

variable "account_id" {
  description = "Account of project and roles."
  type        = string
}

variable "partition" {
  description = "Partition of ARNs, for example aws."
  type        = string
}

variable "kms_key_arn" {
  description = "Key for what a build would upload or cache; it does neither."
  type        = string
}

variable "execution_role_arn" {
  description = "Role of this environment's jobs, by which their events are told from those of others."
  type        = string
}

variable "keeper" {
  description = "The settings, as the variable of the root module has them."
  type = object({
    repository         = string
    revision           = string
    connection_arn     = string
    github_token       = string
    schedule_minutes   = number
    watch_minutes      = number
    log_retention_days = number
    image              = string
  })
}
