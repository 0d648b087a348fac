variable "artifact_bucket_name" {
  description = "Name of the artifact bucket. Null: PREFIX-ENVIRONMENT-ACCOUNT-REGION. Changing it replaces the bucket, which fails while it holds objects."
  type        = string
  default     = null

  validation {
    condition     = var.artifact_bucket_name == null || can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.artifact_bucket_name))
    error_message = "artifact_bucket_name must be 3 to 63 lower-case letters, digits and hyphens, starting and ending with a letter or digit."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the artifacts. Null: the module creates one, rotated every year. Losing the key means losing the artifacts."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key (not of an alias), for example arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555."
  }

  validation {
    condition     = var.kms_key_arn == null || try(split(":", var.kms_key_arn)[3] == var.region, true)
    error_message = "kms_key_arn must name a key in the region of the bucket."
  }
}

variable "kms_key_deletion_window_days" {
  description = "Days, 7 to 30, in which the key that the module created can still be restored after destroy. After that, WHAT IT ENCRYPTED CANNOT BE READ AGAIN."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.kms_key_deletion_window_days >= 7 && var.kms_key_deletion_window_days <= 30 && floor(var.kms_key_deletion_window_days) == var.kms_key_deletion_window_days
    error_message = "kms_key_deletion_window_days must be a whole number from 7 to 30."
  }
}

variable "noncurrent_version_expiration_days" {
  description = "Days, at least 1, until a replaced or deleted object of the artifact bucket is permanently deleted. Every checkpoint that rotation removes is kept and billed that long."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.noncurrent_version_expiration_days >= 1 && var.noncurrent_version_expiration_days <= 36500 && floor(var.noncurrent_version_expiration_days) == var.noncurrent_version_expiration_days
    error_message = "noncurrent_version_expiration_days must be a whole number from 1 to 36500."
  }
}

variable "run_expiration_days" {
  description = "Days after which everything of a run expires: CHECKPOINTS, MODEL AND RECORD. Null: runs are kept until they are deleted."
  type        = number
  default     = null

  validation {
    condition     = var.run_expiration_days == null || try(var.run_expiration_days >= 30 && var.run_expiration_days <= 36500 && floor(var.run_expiration_days) == var.run_expiration_days, false)
    error_message = "run_expiration_days must be a whole number from 30 to 36500, because a job may run for 28 days and needs its checkpoints, or null."
  }
}

variable "manage_training_log_group" {
  description = "Whether the log group /aws/sagemaker/TrainingJobs is managed here. All training jobs of the account and region share it, and the service creates it with the first job: true gives it a retention, and fails where it exists already (terraform import takes it over)."
  type        = bool
  default     = false
  nullable    = false
}

variable "training_log_retention_days" {
  description = "Days that the managed log group keeps a line, one of the periods that CloudWatch Logs offers. Applies to all training jobs of the account and region."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.training_log_retention_days)
    error_message = "training_log_retention_days must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 and 3653."
  }
}

variable "retain_training_logs_on_destroy" {
  description = "Whether destroy leaves the managed log group in place. False deletes it, AND WITH IT THE LOGS OF ALL TRAINING JOBS of the account and region."
  type        = bool
  default     = true
  nullable    = false
}

variable "shared_data_uris" {
  description = "Data in S3 that every job of the environment may read, s3://BUCKET/PREFIX each. List what jobs that run side by side read: each apply sets the role for its own job and for these."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for uri in var.shared_data_uris : startswith(uri, "s3://") && can(regex(local.data_uri_pattern, uri)) && !strcontains(trimprefix(uri, "s3://"), "//") && !strcontains(uri, "$${")])
    error_message = "shared_data_uris must hold s3://BUCKET/PREFIX only, without // and $${."
  }
}

variable "shared_image_uris" {
  description = "Images in ECR that every job of the environment may run, as training_image_uri. List those of jobs that run side by side."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for uri in var.shared_image_uris : can(regex(local.ecr_pattern, uri))])
    error_message = "shared_image_uris must hold images in ECR only."
  }
}
