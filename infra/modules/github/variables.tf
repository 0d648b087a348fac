variable "provider_arn_prefix" {
  description = "ARN of the account in IAM, for example arn:aws:iam::123456789012."
  type        = string
}

variable "create_provider" {
  description = "Whether GitHub's OIDC provider is created. An account has it once."
  type        = bool
}

variable "repository" {
  description = "OWNER/NAME of the repository whose workflows take the roles, or null."
  type        = string
}

variable "subject" {
  description = "The repository as the subjects of its jobs name it: OWNER@ID/NAME@ID or OWNER/NAME."
  type        = string
}

variable "branch" {
  description = "Branch of that repository whose workflows may take the roles."
  type        = string
}

variable "environments" {
  description = "GitHub environments of the jobs that take each role; watch is for the keeper's, or null."
  type        = object({ launch = string, approved = string, cleanup = string, freeze = string, watch = string })
}

variable "compares_workflows" {
  description = "Whether the file and branch of the workflow are compared too."
  type        = bool
}
