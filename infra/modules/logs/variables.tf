variable "log_group_name" {
  description = "Name of the log group."
  type        = string
}

variable "retention_days" {
  description = "Days that a line is kept."
  type        = number
}

variable "retain_on_destroy" {
  description = "Whether destroy leaves the group and its lines in place."
  type        = bool
}
