variable "name" {
  description = "Name that the key's alias and description carry."
  type        = string
}

variable "bucket_name" {
  description = "Name of the artifact bucket."
  type        = string
}

variable "account_id" {
  description = "Account that owns bucket and key."
  type        = string
}

variable "partition" {
  description = "Partition of ARNs, for example aws."
  type        = string
}

variable "kms_key_arn" {
  description = "Existing key, or null to create one."
  type        = string
}

variable "kms_key_deletion_window_days" {
  description = "Days in which a destroyed key can be brought back."
  type        = number
}

variable "noncurrent_version_expiration_days" {
  description = "Days until a replaced or deleted object is gone for good."
  type        = number
}

variable "run_prefix" {
  description = "First folder of what runs leave, without slashes."
  type        = string
}

variable "run_expiration_days" {
  description = "Days after which everything of a run expires, or null for never."
  type        = number
}
