variable "name" {
  description = "Name of every resource of the network."
  type        = string
}

variable "account_id" {
  description = "Account whose principals may use the endpoints."
  type        = string
}

variable "partition" {
  description = "Partition of ARNs, for example aws."
  type        = string
}

variable "region" {
  description = "Region of the endpoints' services."
  type        = string
}

variable "vpc_id" {
  description = "Existing VPC, or null to create one."
  type        = string
}

variable "private_subnet_ids" {
  description = "Subnets of the existing VPC."
  type        = list(string)
}

variable "s3_prefix_list_id" {
  description = "Prefix list of S3, with an existing VPC."
  type        = string
}

variable "existing_endpoint_security_group_ids" {
  description = "Security groups of interface endpoints that the existing VPC already has."
  type        = set(string)
}

variable "vpc_cidr" {
  description = "IPv4 range of the created VPC."
  type        = string
}

variable "availability_zones" {
  description = "Zones of the created VPC, or empty for the first ones of the region."
  type        = list(string)
}

variable "availability_zone_count" {
  description = "Number of zones where availability_zones is empty."
  type        = number
}

variable "interface_endpoints" {
  description = "Services that get an interface endpoint, without the com.amazonaws.REGION prefix."
  type        = set(string)
}

variable "reachable_buckets" {
  description = "Buckets that the S3 gateway endpoint lets through."
  type        = list(string)
}
