variable "name" {
  description = "Name of the environment's resources, with which the names of roles and policies start."
  type        = string
}

variable "environment" {
  description = "Name of the environment."
  type        = string
}

variable "team" {
  description = "Team that pays for what the environment runs."
  type        = string
}

variable "account_id" {
  description = "Account of the roles and of all that they may use."
  type        = string
}

variable "partition" {
  description = "Partition of ARNs, for example aws."
  type        = string
}

variable "dns_suffix" {
  description = "Domain of the partition's services, for example amazonaws.com."
  type        = string
}

variable "region" {
  description = "Region that the roles work in."
  type        = string
}

variable "state_bucket" {
  description = "Bucket of the Terraform state, the ledgers, the runs and the freezes."
  type        = string
}

variable "state_key" {
  description = "Key of the environment's Terraform state in that bucket."
  type        = string
}

variable "state_kms_key_arn" {
  description = "KMS key of the state bucket, or null for S3's own."
  type        = string
}

variable "artifact_bucket_name" {
  description = "Name of the artifact bucket."
  type        = string
}

variable "artifact_prefix" {
  description = "First folder of what runs leave, without slashes."
  type        = string
}

variable "kms_key_arn" {
  description = "Key of the artifacts, or null where it is not known yet."
  type        = string
}

variable "volume_kms_key_arn" {
  description = "Key of the training volumes, or null where it is not known yet."
  type        = string
}

variable "instance_families" {
  description = "Instance families that the team may use, and whether their nodes have local NVMe disks instead of volumes."
  type        = list(object({ name = string, local_nvme = bool }))
}

variable "max_runtime_seconds" {
  description = "Longest runtime that a job may ask for."
  type        = number
}

variable "vpc_id" {
  description = "VPC of the organisation that the jobs run in, or null where Terraform creates it."
  type        = string
}

variable "subnet_ids" {
  description = "The only subnets that a job may use; empty where they are not known yet."
  type        = list(string)
}

variable "security_group_ids" {
  description = "The only security groups that a job may use; empty where they are not known yet."
  type        = list(string)
}

variable "data_locations" {
  description = "Folders outside the artifact bucket that jobs read: bucket, and a prefix that is empty or ends with a slash."
  type        = list(object({ bucket = string, prefix = string }))
}

variable "training_data_kms_key_arn" {
  description = "Key of that data, or null."
  type        = string
}

variable "secret_arns" {
  description = "Parameters and secrets that jobs may read."
  type        = list(string)
}

variable "secret_kms_key_arn" {
  description = "Key of those, or null for AWS's own."
  type        = string
}

variable "ecr_repository_arns" {
  description = "ECR repositories of training images; empty where they come from elsewhere."
  type        = list(string)
}

variable "log_group_name" {
  description = "Log group that SageMaker writes to."
  type        = string
}

variable "manages_log_group" {
  description = "Whether Terraform manages that group."
  type        = bool
}

variable "has_alarms" {
  description = "Whether the environment has alarms."
  type        = bool
}

variable "has_keeper" {
  description = "Whether something continues runs as the keeper's role."
  type        = bool
}

variable "keeper_connection_arn" {
  description = "Connection by which the keeper gets its source, or null."
  type        = string
}

variable "keeper_github_token" {
  description = "Name of the SSM parameter with the keeper's token of GitHub, or null."
  type        = string
}

variable "launch_applies" {
  description = "Whether the launch role may create and change the infrastructure."
  type        = bool
}

variable "cleanup_deletes_artifacts" {
  description = "Whether the cleanup role may delete artifacts."
  type        = bool
}

variable "github_trust" {
  description = "Statements by which each role trusts jobs of GitHub's workflows, by role: plan, launch, cleanup, freeze, keeper."
  type        = any
}

variable "principals" {
  description = "ARNs that may take each role, for people."
  type        = object({ plan = list(string), launch = list(string), cleanup = list(string), freeze = list(string) })
}
