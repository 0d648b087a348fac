variable "region" {
  description = "AWS region that everything is created in, for example us-east-1. GPU capacity, prices and quotas are per region."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2,3}(-[a-z]+)+-[0-9]{1,2}$", var.region))
    error_message = "region must be an AWS region name such as us-east-1 or eu-west-1."
  }
}

variable "environment" {
  description = "Name of the environment, up to 12 characters. Part of every resource name: changing it replaces everything, the artifact bucket included."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.environment)) && length(var.environment) <= 12
    error_message = "environment must be at most 12 lower-case letters, digits and single hyphens, starting with a letter, for example sandbox or production."
  }
}

variable "name_prefix" {
  description = "First part of every resource and job name, up to 20 characters. Changing it replaces everything, the artifact bucket included."
  type        = string
  default     = "finetune"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.name_prefix)) && length(var.name_prefix) <= 20
    error_message = "name_prefix must be at most 20 lower-case letters, digits and single hyphens, starting with a letter, for example finetune."
  }
}

variable "team" {
  description = "Team that pays, up to 32 characters. The cost policy is looked up by it, and it tags every resource and job."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.team)) && length(var.team) <= 32
    error_message = "team must be at most 32 lower-case letters, digits and single hyphens, starting with a letter, for example research."
  }

  validation {
    condition     = length(var.teams) == 0 || contains(keys(var.teams), var.team)
    error_message = "team is ${var.team}, which is not in teams (it has ${join(", ", keys(var.teams))}); use one of them, or add the team's limits there."
  }
}

variable "teams" {
  description = "Limits of each team that may train, by team name; a limit that is omitted or null does not apply. instance_families such as [\"g5\", \"p4d\"] ([]: all), concurrent nodes, GPU-hours and US dollars per calendar month (UTC), US dollars per run. Empty: max_run_cost_usd is the only limit. All configurations that share a state bucket share the teams' months, so give a team the same limits in each."
  type = map(object({
    instance_families   = optional(list(string), [])
    max_nodes           = optional(number)
    gpu_hours_per_month = optional(number)
    usd_per_month       = optional(number)
    usd_per_run         = optional(number)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.teams) : can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", name)) && length(name) <= 32])
    error_message = "teams must have names of at most 32 lower-case letters, digits and single hyphens, starting with a letter, for example research."
  }

  validation {
    condition     = alltrue(flatten([for limits in values(var.teams) : [for family in limits.instance_families : can(regex("^[a-z][a-z0-9-]*$", family))]]))
    error_message = "teams must have instance_families such as g5 or p4d, without ml. and without a size."
  }

  validation {
    condition     = alltrue([for limits in values(var.teams) : limits.max_nodes == null || try(limits.max_nodes >= 1 && limits.max_nodes <= 1000000 && floor(limits.max_nodes) == limits.max_nodes, false)])
    error_message = "teams must have a max_nodes that is a whole number from 1 to 1000000, or null."
  }

  validation {
    condition     = alltrue(flatten([for limits in values(var.teams) : [for limit in [limits.gpu_hours_per_month, limits.usd_per_month, limits.usd_per_run] : limit == null || try(limit > 0 && limit <= 1000000000, false)]]))
    error_message = "teams must have a gpu_hours_per_month, usd_per_month and usd_per_run greater than 0 and at most 1000000000, or null."
  }
}

variable "allow_self_approval" {
  description = "Whether the person who asks for a run on GitHub may also approve it, whatever it costs. False: someone else must."
  type        = bool
  default     = false
  nullable    = false
}

variable "auto_approve_usd" {
  description = "Whoever asks for a run may approve it too where its ceiling is under this (US dollars). 0: only somebody else approves."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.auto_approve_usd >= 0 && var.auto_approve_usd <= 1000000
    error_message = "auto_approve_usd must be a number from 0 to 1000000."
  }
}

variable "policy_command" {
  description = "Command with rules of your own, which the cost gate of each run asks, whatever the call says; --policy-command asks it for single runs. Null: none. See docs/reference/policies.md."
  type        = string
  default     = null
}

variable "approval_key_arn" {
  description = "KMS key that signs approvals, or its alias: the output of infra/access. Null: approvals are not signed."
  type        = string
  default     = null

  validation {
    condition     = var.approval_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/[A-Za-z0-9/_-]+$", var.approval_key_arn))
    error_message = "approval_key_arn must be the ARN of a KMS key or alias."
  }
}

variable "tags" {
  description = "More tags for every resource and job, at most 40. The tags team and environment are set by their own variables."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40
    error_message = "tags must have at most 40 entries, because AWS allows 50 on a training job and the pipeline adds its own."
  }

  validation {
    condition     = alltrue([for key in keys(var.tags) : can(regex("^[\\p{L}\\p{N} _.:/=+@-]{1,128}$", key)) && !startswith(lower(key), "aws:") && !startswith(lower(key), "pipeline:") && !contains(["team", "environment"], lower(key))])
    error_message = "tags must have keys of 1 to 128 letters, digits and _.:/=+@- that neither start with aws: or pipeline: nor are team or environment, in any case."
  }

  validation {
    condition     = length(distinct([for key in keys(var.tags) : lower(key)])) == length(var.tags)
    error_message = "tags must not have two keys that differ only in case, because IAM treats them as the same key."
  }

  validation {
    condition     = alltrue([for value in values(var.tags) : value == null ? false : can(regex("^[\\p{L}\\p{N} _.:/=+@-]{0,256}$", value))])
    error_message = "tags must have values of at most 256 letters, digits, spaces and _.:/=+@- characters."
  }
}

variable "allowed_account_ids" {
  description = "AWS accounts that this configuration may touch, by their 12 digits. With any other account's credentials, plan and apply stop at once. Empty: no such check."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.allowed_account_ids : can(regex("^[0-9]{12}$", id))])
    error_message = "allowed_account_ids must hold account ids of 12 digits."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of an IAM policy that limits the execution role, if the organisation requires one. Null: none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy, for example arn:aws:iam::123456789012:policy/boundary."
  }
}
