variable "instance_type" {
  description = "SageMaker instance type of each node, for example ml.g5.xlarge. Decides most of the price."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^ml\\.[a-z][a-z0-9-]*\\.(medium|large|[0-9]*xlarge)$", var.instance_type))
    error_message = "instance_type must be a SageMaker instance type, which starts with ml., for example ml.g5.xlarge."
  }
}

variable "instance_count" {
  description = "Number of nodes, 1 to 64. The price per second is multiplied by it."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.instance_count >= 1 && var.instance_count <= 64 && floor(var.instance_count) == var.instance_count
    error_message = "instance_count must be a whole number from 1 to 64."
  }
}

variable "max_usd_per_node_hour" {
  description = "The most that an hour of one node of instance_type may cost on-demand, in US dollars. A more expensive one is refused. Null: no limit except max_run_cost_usd."
  type        = number
  default     = null

  validation {
    condition     = var.max_usd_per_node_hour == null ? true : var.max_usd_per_node_hour > 0 && var.max_usd_per_node_hour <= 1000000
    error_message = "max_usd_per_node_hour must be greater than 0 and at most 1000000, or null for no limit."
  }
}

variable "instance_fallbacks" {
  description = "Fallbacks, at most 8, tried in this order when AWS has no capacity or no quota for instance_type or the fallback before. instance_count, use_spot_instances and max_wait_seconds default to those of the job. max_usd_per_node_hour limits the on-demand price of a node."
  type = list(object({
    instance_type         = string
    instance_count        = optional(number)
    use_spot_instances    = optional(bool)
    max_wait_seconds      = optional(number)
    max_usd_per_node_hour = optional(number)
  }))
  default  = []
  nullable = false

  validation {
    condition     = length(var.instance_fallbacks) <= 8 && alltrue([for fallback in var.instance_fallbacks : can(regex("^ml\\.[a-z][a-z0-9-]*\\.(medium|large|[0-9]*xlarge)$", fallback.instance_type))])
    error_message = "instance_fallbacks must have at most 8 fallbacks, each with a SageMaker instance_type, which starts with ml., for example ml.g5.xlarge."
  }

  validation {
    condition     = alltrue([for fallback in var.instance_fallbacks : try(fallback.instance_count, null) == null ? true : fallback.instance_count >= 1 && fallback.instance_count <= 64 && floor(fallback.instance_count) == fallback.instance_count])
    error_message = "instance_fallbacks must have whole numbers from 1 to 64 as instance_count."
  }

  validation {
    condition = length(distinct(concat(["${var.instance_type} ${var.instance_count} ${var.use_spot_instances}"], [
      for fallback in var.instance_fallbacks : try("${fallback.instance_type} ${coalesce(fallback.instance_count, var.instance_count)} ${coalesce(fallback.use_spot_instances, var.use_spot_instances)}", "null")
    ]))) == length(var.instance_fallbacks) + 1
    error_message = "instance_fallbacks must not repeat the same nodes, nor those of instance_type itself: instance_type, instance_count and use_spot_instances together must differ."
  }

  validation {
    condition     = alltrue([for fallback in var.instance_fallbacks : try(fallback.max_usd_per_node_hour, null) == null ? true : fallback.max_usd_per_node_hour > 0 && fallback.max_usd_per_node_hour <= 1000000])
    error_message = "instance_fallbacks must have a max_usd_per_node_hour greater than 0 and at most 1000000, or none."
  }

  validation {
    condition     = alltrue([for fallback in var.instance_fallbacks : try(fallback.max_wait_seconds, null) == null ? true : coalesce(fallback.use_spot_instances, var.use_spot_instances) && fallback.max_wait_seconds >= var.max_runtime_seconds && fallback.max_wait_seconds <= 31536000 && floor(fallback.max_wait_seconds) == fallback.max_wait_seconds])
    error_message = "instance_fallbacks may have a max_wait_seconds for spot fallbacks only, as a whole number of at least max_runtime_seconds and at most 31536000, because it counts waiting and running together."
  }

  validation {
    condition     = try(var.checkpoint_interval_seconds > 0, true) || !anytrue([for fallback in var.instance_fallbacks : try(coalesce(fallback.use_spot_instances, var.use_spot_instances), false)])
    error_message = "instance_fallbacks must have no spot fallback while checkpoint_interval_seconds is 0, because an interrupted job would start from zero."
  }
}

variable "volume_size_gb" {
  description = "Size of each node's training volume in GB, 1 to 16384, for data, checkpoints and model. Billed by the second, except for instance types with local NVMe disks, which have a fixed size."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.volume_size_gb >= 1 && var.volume_size_gb <= 16384 && floor(var.volume_size_gb) == var.volume_size_gb
    error_message = "volume_size_gb must be a whole number from 1 to 16384."
  }
}

variable "volume_kms_key_arn" {
  description = "KMS key that encrypts the training volumes. Null: the artifacts' key. Must be null for instance types with local NVMe disks, which are encrypted by the hardware."
  type        = string
  default     = null

  validation {
    condition     = var.volume_kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.volume_kms_key_arn))
    error_message = "volume_kms_key_arn must be the ARN of a KMS key (not of an alias)."
  }

  validation {
    condition     = var.volume_kms_key_arn == null || local.has_volumes
    error_message = "volume_kms_key_arn must be null for ${join(", ", local.instance_types)}, because SageMaker accepts no volume key for instances with local NVMe disks."
  }
}
