# The environment's own variables, as the root module declares and explains them (../variables*.tf), so one file of values serves both.
variable "region" {
  type     = string
  nullable = false
}

variable "environment" {
  type     = string
  nullable = false
}

variable "name_prefix" {
  type     = string
  default  = "finetune"
  nullable = false
}

variable "team" {
  type     = string
  nullable = false
}

variable "teams" {
  type     = map(object({ instance_families = optional(list(string), []) }))
  default  = {}
  nullable = false
}

variable "tags" {
  type     = map(string)
  default  = {}
  nullable = false
}

variable "allowed_account_ids" {
  type     = set(string)
  default  = []
  nullable = false
}

variable "artifact_bucket_name" {
  type    = string
  default = null
}

variable "kms_key_arn" {
  type    = string
  default = null
}

variable "volume_kms_key_arn" {
  type    = string
  default = null
}

variable "vpc_id" {
  type    = string
  default = null
}

variable "private_subnet_ids" {
  type     = list(string)
  default  = []
  nullable = false
}

variable "training_image_uri" {
  type     = string
  nullable = false
}

variable "training_data_uri" {
  type     = string
  nullable = false
}

variable "validation_data_uri" {
  type    = string
  default = null
}

variable "model_data_uri" {
  type    = string
  default = null
}

variable "shared_data_uris" {
  type     = list(string)
  default  = []
  nullable = false
}

variable "shared_image_uris" {
  type     = list(string)
  default  = []
  nullable = false
}

variable "training_data_kms_key_arn" {
  type    = string
  default = null
}

variable "secret_environment" {
  type     = map(string)
  default  = {}
  nullable = false
}

variable "secret_kms_key_arn" {
  type    = string
  default = null
}

variable "max_runtime_seconds" {
  type     = number
  default  = 3600
  nullable = false
}

variable "manage_training_log_group" {
  type     = bool
  default  = false
  nullable = false
}

variable "alarms" {
  type    = any
  default = null
}

variable "keeper" {
  type    = any
  default = null
}
