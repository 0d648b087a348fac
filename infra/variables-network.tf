variable "vpc_id" {
  description = "Existing VPC to train in. Null: the module creates one, with private subnets and no internet access. Changing it replaces the network."
  type        = string
  default     = null

  validation {
    condition     = var.vpc_id == null || can(regex("^vpc-[0-9a-f]{8,17}$", var.vpc_id))
    error_message = "vpc_id must be the id of a VPC, such as vpc-0123456789abcdef0, or null to have one created."
  }
}

variable "private_subnet_ids" {
  description = "Private subnets of the existing VPC, at most 16, preferably in several zones: more zones mean more spot capacity. Each node needs 2 free addresses, 5 with EFA. Empty where the module creates the VPC."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.private_subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", id))])
    error_message = "private_subnet_ids must hold subnet ids such as subnet-0123456789abcdef0."
  }

  validation {
    condition     = length(var.private_subnet_ids) <= 16 && length(distinct(var.private_subnet_ids)) == length(var.private_subnet_ids)
    error_message = "private_subnet_ids must hold at most 16 different subnets."
  }

  validation {
    condition     = (var.vpc_id == null) == (length(var.private_subnet_ids) == 0)
    error_message = "private_subnet_ids and vpc_id go together: give both for an existing VPC, or neither to have a VPC created."
  }
}

variable "s3_prefix_list_id" {
  description = "Managed prefix list of S3 in the region (aws ec2 describe-managed-prefix-lists shows it), which the nodes may reach on port 443. Needed with an existing VPC, whose S3 gateway endpoint is yours to keep."
  type        = string
  default     = null

  validation {
    condition     = var.s3_prefix_list_id == null || can(regex("^pl-[0-9a-f]{8,17}$", var.s3_prefix_list_id))
    error_message = "s3_prefix_list_id must be the id of a prefix list, such as pl-63a5400a."
  }

  validation {
    condition     = (var.vpc_id == null) == (var.s3_prefix_list_id == null)
    error_message = "s3_prefix_list_id and vpc_id go together: give both for an existing VPC, or neither to have a VPC created."
  }
}

variable "existing_endpoint_security_group_ids" {
  description = "Security groups of interface endpoints that the existing VPC already has, which the nodes may reach on port 443."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.existing_endpoint_security_group_ids : can(regex("^sg-[0-9a-f]{8,17}$", id))])
    error_message = "existing_endpoint_security_group_ids must hold security group ids such as sg-0123456789abcdef0."
  }

  validation {
    condition     = var.vpc_id != null || length(var.existing_endpoint_security_group_ids) == 0
    error_message = "existing_endpoint_security_group_ids is only for an existing VPC, so vpc_id must be set."
  }
}

variable "vpc_cidr" {
  description = "IPv4 range of the VPC that the module creates, /16 to /22; each zone gets a sixteenth of it. Changing it replaces the network. Unused with an existing VPC."
  type        = string
  default     = "10.64.0.0/16"
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.vpc_cidr)) && try(tonumber(split("/", var.vpc_cidr)[1]) >= 16 && tonumber(split("/", var.vpc_cidr)[1]) <= 22, false)
    error_message = "vpc_cidr must be an IPv4 range between /16 and /22, for example 10.64.0.0/16."
  }
}

variable "availability_zones" {
  description = "Zones of the VPC that the module creates, for example [\"us-east-1a\", \"us-east-1c\"]: 2 to 16, preferably those that have the GPUs. Empty: the first availability_zone_count zones of the region. Append to the list; removing or reordering replaces subnets."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.availability_zones) == 0 || (length(distinct(var.availability_zones)) == length(var.availability_zones) && length(var.availability_zones) >= 2 && length(var.availability_zones) <= 16)
    error_message = "availability_zones must be empty or hold 2 to 16 different zones."
  }

  validation {
    condition     = alltrue([for zone in var.availability_zones : startswith(zone, var.region)])
    error_message = "availability_zones must hold zones of the region, whose names start with the region's."
  }
}

variable "availability_zone_count" {
  description = "Number of zones of the VPC that the module creates, where availability_zones is empty, 2 to 6. Subnets are free and more zones mean more spot capacity, but each interface endpoint is billed in each zone."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = var.availability_zone_count >= 2 && var.availability_zone_count <= 6 && floor(var.availability_zone_count) == var.availability_zone_count
    error_message = "availability_zone_count must be a whole number from 2 to 6."
  }
}

variable "interface_endpoints" {
  description = <<-EOT
    AWS services that get an interface endpoint in the private subnets, for example ["logs", "sts"].
    A training job needs none: the service itself moves images, data, checkpoints, metrics and logs. Name a service only if
    your own code in the VPC calls it. EACH ONE IS BILLED BY THE HOUR IN EACH ZONE, job or no job.
  EOT
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for service in var.interface_endpoints : contains(["ec2messages", "ecr.api", "ecr.dkr", "kms", "logs", "monitoring", "sagemaker.api", "secretsmanager", "ssm", "ssmmessages", "sts"], service)])
    error_message = "interface_endpoints may hold ec2messages, ecr.api, ecr.dkr, kms, logs, monitoring, sagemaker.api, secretsmanager, ssm, ssmmessages and sts."
  }
}
