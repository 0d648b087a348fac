# What only the roles need. The variables of the environment are in variables-environment.tf.
variable "state_bucket" {
  description = "Bucket in the environment's .s3.tfbackend file."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.state_bucket))
    error_message = "state_bucket must be the name of a bucket."
  }
}

variable "state_key" {
  description = "Key in the environment's .s3.tfbackend file."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.state_key) > 0 && !startswith(var.state_key, "/") && length(regexall("[*?$]", var.state_key)) == 0
    error_message = "state_key must be the key of an object, without a slash at its start and without *, ? and $."
  }
}

variable "state_kms_key_arn" {
  description = "KMS key of the state bucket. Null: S3's own key."
  type        = string
  default     = null
}

variable "longest_runtime_seconds" {
  description = "Longest runtime that a job may ask for. Null: max_runtime_seconds of the environment."
  type        = number
  default     = null
}

variable "job_subnet_ids" {
  description = "The only subnets that a job may use. Empty: private_subnet_ids, or any subnet where Terraform creates them; set the ids once they exist."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "job_security_group_ids" {
  description = "The only security groups that a job may use. Empty: any; set the id of the nodes' group once it exists."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "launch_applies" {
  description = "Whether the launch role may create and change the infrastructure. False where a platform team does."
  type        = bool
  default     = true
  nullable    = false
}

variable "cleanup_deletes_artifacts" {
  description = "Whether the cleanup role may delete checkpoints, models and records (--purge-artifacts)."
  type        = bool
  default     = false
  nullable    = false
}

variable "github_repository" {
  description = "OWNER/NAME of the repository whose workflows take the roles. Null: none do."
  type        = string
  default     = null

  validation {
    condition     = var.github_repository == null || can(regex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", var.github_repository))
    error_message = "github_repository must have the form OWNER/NAME."
  }
}

variable "github_subject" {
  description = "The repository as the subjects of its jobs name it, OWNER@ID/NAME@ID: since 15 July 2026, GitHub gives new, renamed and moved repositories subjects with the ids of both. Null: github_repository, for older ones."
  type        = string
  default     = null

  validation {
    condition     = var.github_subject == null || can(regex("^[A-Za-z0-9_.-]+@[0-9]+/[A-Za-z0-9_.-]+@[0-9]+$", var.github_subject))
    error_message = "github_subject must have the form OWNER@ID/NAME@ID."
  }
}

variable "github_workflow_condition" {
  description = "Whether the roles compare the workflow's file and branch too. False where STS does not know the claim job_workflow_ref: every commercial region has known it since February 2026."
  type        = bool
  default     = true
  nullable    = false
}

variable "github_branch" {
  description = "Branch whose workflows may take the roles. Pull requests may plan from any."
  type        = string
  default     = "main"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._/-]+$", var.github_branch))
    error_message = "github_branch must be the name of one branch."
  }
}

variable "github_environments" {
  description = "GitHub environments whose jobs take the roles: launch after a review, and after an approving comment (approved); cleanup; freeze for commands in comments; the keeper's where watch is set."
  type = object({
    launch   = optional(string, "gpu-spend")
    approved = optional(string, "gpu-launch")
    cleanup  = optional(string, "gpu-cleanup")
    freeze   = optional(string, "gpu-freeze")
    watch    = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in values(var.github_environments) : name == null || can(regex("^[A-Za-z0-9._-]+$", name))])
    error_message = "github_environments must have names of letters, digits, dots, hyphens and underscores."
  }
}

variable "create_github_oidc_provider" {
  description = "Whether GitHub's OIDC provider is created. An account has it once."
  type        = bool
  default     = false
  nullable    = false
}

variable "principals" {
  description = "ARNs of users, roles or accounts that may take each role."
  type = object({
    plan    = optional(list(string), [])
    launch  = optional(list(string), [])
    cleanup = optional(list(string), [])
    freeze  = optional(list(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue(flatten([for arns in values(var.principals) : [for arn in arns : can(regex("^arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:[a-z-]+(/.+)?$", arn)) && length(regexall("[*?]", arn)) == 0]]))
    error_message = "principals must hold ARNs of IAM without wildcards, for example arn:aws:iam::123456789012:role/engineers."
  }

  validation {
    condition     = var.github_repository != null || alltrue([for arns in values(var.principals) : length(arns) > 0])
    error_message = "principals must name somebody for each of plan, launch, cleanup and freeze where github_repository is not set: nobody else could take the role."
  }
}
