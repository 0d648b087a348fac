# The network module by itself. These runs apply, and destroy at the end.

provider "aws" {
  region = "us-east-1"
}

variables {
  name       = "network-test"
  account_id = "000000000000"
  partition  = "aws"
  region     = "us-east-1"

  vpc_id                               = null
  private_subnet_ids                   = []
  s3_prefix_list_id                    = null
  existing_endpoint_security_group_ids = []
  vpc_cidr                             = "10.64.0.0/16"
  availability_zones                   = []
  availability_zone_count              = 2
  interface_endpoints                  = []
  reachable_buckets                    = ["artifacts-of-the-test"]
}

run "own_vpc" {
  module {
    source = "./modules/network"
  }

  assert {
    condition     = length(aws_subnet.private) == 2 && length(distinct([for subnet in aws_subnet.private : subnet.availability_zone])) == 2
    error_message = "There must be a private subnet in each of two zones."
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.private : !subnet.map_public_ip_on_launch])
    error_message = "No subnet may hand out public addresses."
  }

  assert {
    condition     = length(aws_route_table_association.private) == 2
    error_message = "Every subnet must use the private route table, not the VPC's main one."
  }

  assert {
    condition     = length(aws_default_security_group.closed[0].ingress) == 0 && length(aws_default_security_group.closed[0].egress) == 0
    error_message = "The default security group must let nothing through."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.nodes_from_nodes.referenced_security_group_id == aws_security_group.nodes.id && aws_vpc_security_group_ingress_rule.nodes_from_nodes.ip_protocol == "-1"
    error_message = "The nodes must be reachable for each other."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.nodes_from_nodes.cidr_ipv4 == null && aws_vpc_security_group_ingress_rule.nodes_from_nodes.cidr_ipv6 == null
    error_message = "The nodes must be reachable for nobody else."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.nodes_to_nodes.referenced_security_group_id == aws_security_group.nodes.id
    error_message = "EFA needs a rule out to the nodes themselves."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.nodes_to_s3.prefix_list_id == aws_vpc_endpoint.s3[0].prefix_list_id && aws_vpc_security_group_egress_rule.nodes_to_s3.to_port == 443
    error_message = "The way out must lead to S3 on port 443 only."
  }

  assert {
    condition     = aws_vpc_endpoint.s3[0].vpc_endpoint_type == "Gateway" && strcontains(aws_vpc_endpoint.s3[0].policy, "arn:aws:s3:::artifacts-of-the-test/*") && strcontains(aws_vpc_endpoint.s3[0].policy, "aws:PrincipalAccount")
    error_message = "The S3 endpoint must let this account's principals through to the named buckets only."
  }

  assert {
    condition     = length(aws_vpc_endpoint.interface) == 0 && output.interface_endpoint_network_interfaces == 0
    error_message = "No interface endpoint may be created unasked."
  }
}

run "own_vpc_with_endpoints" {
  module {
    source = "./modules/network"
  }

  variables {
    interface_endpoints = ["ecr.dkr", "logs"]
  }

  assert {
    condition     = aws_vpc_endpoint.interface["logs"].service_name == "com.amazonaws.us-east-1.logs" && aws_vpc_endpoint.interface["logs"].private_dns_enabled && length(aws_vpc_endpoint.interface["logs"].subnet_ids) == 2
    error_message = "The endpoint must answer under the service's own name in every zone."
  }

  assert {
    condition     = output.interface_endpoint_network_interfaces == 4
    error_message = "Two endpoints in two zones are billed as four."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.endpoints_from_nodes[0].referenced_security_group_id == aws_security_group.nodes.id
    error_message = "Only the nodes may call the endpoints."
  }

  assert {
    condition     = strcontains(aws_vpc_endpoint.s3[0].policy, "prod-us-east-1-starport-layer-bucket")
    error_message = "Images that are pulled through the VPC need the bucket with their layers."
  }
}

run "appending_a_zone_moves_no_subnet" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    availability_zone_count = 3
  }

  assert {
    condition     = [for zone in keys(run.own_vpc.subnet_cidrs) : aws_subnet.private[zone].cidr_block] == values(run.own_vpc.subnet_cidrs)
    error_message = "The subnets that exist must keep their address ranges."
  }
}
