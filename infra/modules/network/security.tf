# The nodes talk to each other, and out to S3 and the interface endpoints; nobody else talks to them.
# A rule that an interrupted apply leaves without a state is found by its Name tag.
resource "aws_security_group" "nodes" {
  name        = "${var.name}-nodes"
  description = "SageMaker training nodes: each other, S3 and interface endpoints, nothing else"
  vpc_id      = local.vpc_id

  tags = { Name = "${var.name}-nodes" }
}

resource "aws_vpc_security_group_ingress_rule" "nodes_from_nodes" {
  security_group_id            = aws_security_group.nodes.id
  referenced_security_group_id = aws_security_group.nodes.id
  ip_protocol                  = "-1"
  description                  = "All traffic between the nodes of a job"

  tags = { Name = "${var.name}-nodes-from-nodes" }
}

# EFA needs the rule in this direction too.
resource "aws_vpc_security_group_egress_rule" "nodes_to_nodes" {
  security_group_id            = aws_security_group.nodes.id
  referenced_security_group_id = aws_security_group.nodes.id
  ip_protocol                  = "-1"
  description                  = "All traffic between the nodes of a job, EFA included"

  tags = { Name = "${var.name}-nodes-to-nodes" }
}

resource "aws_vpc_security_group_egress_rule" "nodes_to_s3" {
  security_group_id = aws_security_group.nodes.id
  prefix_list_id    = local.create_vpc ? aws_vpc_endpoint.s3[0].prefix_list_id : var.s3_prefix_list_id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  description       = "S3 through the gateway endpoint"

  tags = { Name = "${var.name}-nodes-to-s3" }
}

resource "aws_vpc_security_group_egress_rule" "nodes_to_endpoints" {
  count = length(var.interface_endpoints) > 0 ? 1 : 0

  security_group_id            = aws_security_group.nodes.id
  referenced_security_group_id = aws_security_group.endpoints[0].id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  description                  = "Interface endpoints"

  tags = { Name = "${var.name}-nodes-to-endpoints" }
}

resource "aws_vpc_security_group_egress_rule" "nodes_to_existing_endpoints" {
  for_each = var.existing_endpoint_security_group_ids

  security_group_id            = aws_security_group.nodes.id
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  description                  = "Interface endpoints that the VPC already has"

  tags = { Name = "${var.name}-nodes-to-${each.key}" }
}

resource "aws_security_group" "endpoints" {
  count = length(var.interface_endpoints) > 0 ? 1 : 0

  name        = "${var.name}-endpoints"
  description = "Interface endpoints: HTTPS from the training nodes, nothing out"
  vpc_id      = local.vpc_id

  tags = { Name = "${var.name}-endpoints" }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints_from_nodes" {
  count = length(var.interface_endpoints) > 0 ? 1 : 0

  security_group_id            = aws_security_group.endpoints[0].id
  referenced_security_group_id = aws_security_group.nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  description                  = "HTTPS from the training nodes"

  tags = { Name = "${var.name}-endpoints-from-nodes" }
}
