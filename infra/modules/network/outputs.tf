output "vpc_arn" {
  description = "ARN of the VPC, created or existing."
  value       = local.create_vpc ? aws_vpc.this[0].arn : data.aws_vpc.existing[0].arn
}

output "subnet_ids" {
  description = "Private subnets that nodes are placed in."
  value       = local.subnet_ids
}

output "subnet_arns" {
  description = "ARNs of the private subnets."
  value       = local.subnet_arns
}

output "security_group_id" {
  description = "Security group of the nodes."
  value       = aws_security_group.nodes.id
}

output "security_group_arn" {
  description = "ARN of the nodes' security group."
  value       = aws_security_group.nodes.arn
}

output "interface_endpoint_network_interfaces" {
  description = "Number of interface endpoints times subnets."
  value       = length(var.interface_endpoints) * length(local.subnet_ids)
}

output "subnet_cidrs" {
  description = "Address range of each created subnet, by zone."
  value       = { for zone, subnet in aws_subnet.private : zone => subnet.cidr_block }
}
