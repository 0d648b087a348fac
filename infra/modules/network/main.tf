locals {
  create_vpc = var.vpc_id == null

  # The position of a zone in the list decides its address range, so appending a zone moves no other.
  zones = local.create_vpc ? (
    length(var.availability_zones) > 0 ? var.availability_zones : slice(
      data.aws_availability_zones.available[0].names, 0,
      min(var.availability_zone_count, length(data.aws_availability_zones.available[0].names))
    )
  ) : []

  vpc_id      = local.create_vpc ? aws_vpc.this[0].id : data.aws_vpc.existing[0].id
  subnet_ids  = local.create_vpc ? [for zone in local.zones : aws_subnet.private[zone].id] : var.private_subnet_ids
  subnet_arns = local.create_vpc ? [for zone in local.zones : aws_subnet.private[zone].arn] : [for id in var.private_subnet_ids : data.aws_subnet.existing[id].arn]
}

# Local zones and zones that an account has to opt into offer no SageMaker training.
data "aws_availability_zones" "available" {
  count = local.create_vpc ? 1 : 0
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

data "aws_vpc" "existing" {
  count = local.create_vpc ? 0 : 1
  id    = var.vpc_id
}

data "aws_subnet" "existing" {
  for_each = toset(var.private_subnet_ids)
  id       = each.value

  lifecycle {
    postcondition {
      condition     = self.vpc_id == var.vpc_id
      error_message = "Subnet ${self.id} of private_subnet_ids belongs to ${self.vpc_id}, not to the VPC ${coalesce(var.vpc_id, "-")} of vpc_id."
    }

    postcondition {
      condition     = !self.map_public_ip_on_launch
      error_message = "Subnet ${self.id} of private_subnet_ids gives public addresses to what starts in it; name private subnets only."
    }
  }
}

resource "aws_vpc" "this" {
  count = local.create_vpc ? 1 : 0

  cidr_block = var.vpc_cidr
  # Interface endpoints answer under the services' usual names only with both of these.
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = var.name }

  lifecycle {
    precondition {
      condition     = length(local.zones) >= 2
      error_message = "Region ${var.region} offers fewer than two zones to this account; name two in availability_zones or give an existing VPC."
    }
  }
}

# An instance without a security group gets this one, which allows no traffic.
resource "aws_default_security_group" "closed" {
  count  = local.create_vpc ? 1 : 0
  vpc_id = aws_vpc.this[0].id

  tags = { Name = "${var.name}-default-closed" }
}

resource "aws_subnet" "private" {
  for_each = toset(local.zones)

  vpc_id                  = aws_vpc.this[0].id
  availability_zone       = each.value
  cidr_block              = cidrsubnet(var.vpc_cidr, 4, index(local.zones, each.value))
  map_public_ip_on_launch = false

  tags = { Name = "${var.name}-private-${each.value}" }
}

resource "aws_route_table" "private" {
  count  = local.create_vpc ? 1 : 0
  vpc_id = aws_vpc.this[0].id

  tags = { Name = "${var.name}-private" }
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  route_table_id = aws_route_table.private[0].id
  subnet_id      = each.value.id
}
