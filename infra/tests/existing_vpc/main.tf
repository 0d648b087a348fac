# A network that was there before: what an owner of a VPC would hand to vpc_id, private_subnet_ids and s3_prefix_list_id.
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

resource "aws_vpc" "this" {
  cidr_block = "10.200.0.0/20"
}

resource "aws_vpc" "other" {
  cidr_block = "10.201.0.0/20"
}

resource "aws_subnet" "private" {
  count = 2

  vpc_id            = aws_vpc.this.id
  availability_zone = ["us-east-1a", "us-east-1b"][count.index]
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 4, count.index)
}

resource "aws_subnet" "public" {
  vpc_id                  = aws_vpc.this.id
  cidr_block              = cidrsubnet(aws_vpc.this.cidr_block, 4, 8)
  map_public_ip_on_launch = true
}

resource "aws_subnet" "elsewhere" {
  vpc_id     = aws_vpc.other.id
  cidr_block = cidrsubnet(aws_vpc.other.cidr_block, 4, 0)
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  vpc_endpoint_type = "Gateway"
  service_name      = "com.amazonaws.us-east-1.s3"
}

resource "aws_security_group" "endpoints" {
  name        = "existing-endpoints"
  description = "Interface endpoints that were there before"
  vpc_id      = aws_vpc.this.id
}

output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "private_subnet_ids" {
  description = "Two private subnets of the VPC."
  value       = aws_subnet.private[*].id
}

output "public_subnet_id" {
  description = "A subnet of the VPC that hands out public addresses."
  value       = aws_subnet.public.id
}

output "foreign_subnet_id" {
  description = "A subnet of another VPC."
  value       = aws_subnet.elsewhere.id
}

output "s3_prefix_list_id" {
  description = "Prefix list of S3."
  value       = aws_vpc_endpoint.s3.prefix_list_id
}

output "endpoint_security_group_id" {
  description = "Security group of interface endpoints."
  value       = aws_security_group.endpoints.id
}
