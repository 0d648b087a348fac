variable "name" {
  description = "Base name of the training jobs that may run as the role, and of the role."
  type        = string
}

variable "account_id" {
  description = "Account of the role and of its training jobs."
  type        = string
}

variable "partition" {
  description = "Partition of ARNs, for example aws."
  type        = string
}

variable "region" {
  description = "Region of the training jobs."
  type        = string
}

variable "permissions_boundary_arn" {
  description = "Policy that bounds the role, or null."
  type        = string
}

variable "artifact_bucket_arn" {
  description = "ARN of the artifact bucket."
  type        = string
}

variable "artifact_prefix" {
  description = "First folder of what runs leave, without slashes."
  type        = string
}

variable "artifact_kms_key_arn" {
  description = "Key that encrypts the artifacts."
  type        = string
}

variable "volume_encrypted" {
  description = "Whether the training volumes are encrypted with a KMS key."
  type        = bool
}

variable "volume_kms_key_arn" {
  description = "Key that encrypts the training volumes, or null."
  type        = string
}

variable "data_locations" {
  description = "Folders that the jobs read outside the artifact bucket (training and validation data, models): bucket, and a prefix that is empty or ends with a slash."
  type = list(object({
    bucket = string
    prefix = string
  }))

  validation {
    condition     = alltrue([for location in var.data_locations : location.prefix == "" || endswith(location.prefix, "/")])
    error_message = "data_locations must have prefixes that are empty or end with a slash, or the role could read folders whose names start the same."
  }
}

variable "training_data_kms_key_arn" {
  description = "Key that encrypts that data, or null."
  type        = string
}

variable "secret_parameter_names" {
  description = "Parameters of Parameter Store that the program reads."
  type        = list(string)
}

variable "secret_arns" {
  description = "Secrets of Secrets Manager that the program reads."
  type        = list(string)
}

variable "secret_kms_key_arn" {
  description = "Key that encrypts those, or null for AWS's own."
  type        = string
}

variable "ecr_repository_arns" {
  description = "ECR repositories of training images; empty where they come from elsewhere."
  type        = list(string)
}

variable "log_group_name" {
  description = "Log group that the service writes to."
  type        = string
}

variable "vpc_arn" {
  description = "VPC that the jobs run in."
  type        = string
}

variable "subnet_arns" {
  description = "Subnets that the jobs' network interfaces are created in."
  type        = list(string)
}

variable "security_group_arns" {
  description = "Security groups that the jobs' network interfaces belong to."
  type        = list(string)
}
