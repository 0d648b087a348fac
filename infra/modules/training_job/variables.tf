variable "name" {
  description = "Base name of the training jobs, up to 33 characters."
  type        = string
}

variable "attempt" {
  description = "Number of the attempt; from the second on, part of the job's name."
  type        = number
}

variable "repository_root" {
  description = "Folder that source_dir and the folders that channels name are relative to."
  type        = string
}

variable "source_dir" {
  description = "Folder with the training program: relative to repository_root, or absolute."
  type        = string
}

variable "role_arn" {
  description = "Role that the job runs as."
  type        = string
}

variable "training_image_uri" {
  description = "Container image of the training program."
  type        = string
}

variable "entrypoint" {
  description = "Command that the container runs; empty: the image's."
  type        = list(string)
}

variable "channels" {
  description = "What the job reads, by channel: train, validation, model. Each s3://BUCKET/PREFIX or a folder of the repository."
  type        = map(string)
}

variable "hyperparameters" {
  description = "Hyperparameters of the training program."
  type        = map(string)
}

variable "environment_variables" {
  description = "Environment of the training program."
  type        = map(string)
}

variable "secret_environment" {
  description = "Where the program's secrets are, by environment variable."
  type        = map(string)
}

variable "metric_definitions" {
  description = "Metrics that SageMaker reads from the log."
  type = list(object({
    name  = string
    regex = string
  }))
}

variable "checkpoint_interval" {
  description = "Seconds between two checkpoints; 0 writes none."
  type        = number
}

variable "instance_type" {
  description = "SageMaker instance type of each node."
  type        = string
}

variable "instance_count" {
  description = "Number of nodes."
  type        = number
}

variable "volume_size_gb" {
  description = "Training volume of each node in GB."
  type        = number
}

variable "volume_kms_key_arn" {
  description = "Key of the training volumes; null for instance types with local NVMe disks."
  type        = string
}

variable "use_spot_instances" {
  description = "Whether to train on spot capacity."
  type        = bool
}

variable "max_runtime_seconds" {
  description = "Maximum runtime of the job in seconds."
  type        = number
}

variable "max_wait_seconds" {
  description = "Seconds from submission after which AWS stops a spot job; null without spot."
  type        = number
}

variable "max_retry_attempts" {
  description = "Retries after internal errors of AWS; null for none."
  type        = number
}

variable "enable_infra_check" {
  description = "Whether AWS checks the nodes before training."
  type        = bool
}

variable "artifact_bucket" {
  description = "Bucket for program, data, checkpoints and output."
  type        = string
}

variable "artifact_prefix" {
  description = "First folder of what runs leave, without slashes."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that encrypts the artifacts."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets of the nodes."
  type        = list(string)
}

variable "security_group_ids" {
  description = "Security groups of the nodes."
  type        = list(string)
}

variable "enable_network_isolation" {
  description = "Whether the program can reach only the other nodes."
  type        = bool
}

variable "encrypt_inter_container_traffic" {
  description = "Whether the traffic between nodes is encrypted."
  type        = bool
}

variable "tags" {
  description = "Tags of the job."
  type        = map(string)
}

variable "price_problem" {
  description = "Why the job must not be created for its price, or null."
  type        = string
}

variable "limit_problem" {
  description = "Why the job must not be created for a limit, or null."
  type        = string
}

variable "usage_problem" {
  description = "Why the job must not be created by Terraform, or null."
  type        = string
}
