data "aws_partition" "current" {}

locals {
  service_prefix = "${data.aws_partition.current.reverse_dns_prefix}.${var.region}"

  # An image that is pulled through the VPC has its layers in this bucket of AWS.
  pulls_images = contains(var.interface_endpoints, "ecr.dkr")
  layer_bucket = "prod-${var.region}-starport-layer-bucket"
}

data "aws_iam_policy_document" "s3_endpoint" {
  count = local.create_vpc ? 1 : 0

  statement {
    sid       = "OwnPrincipalsOnNamedBuckets"
    actions   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:Get*", "s3:List*", "s3:PutObject"]
    resources = flatten([for bucket in var.reachable_buckets : ["arn:${var.partition}:s3:::${bucket}", "arn:${var.partition}:s3:::${bucket}/*"]])

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [var.account_id]
    }
  }

  dynamic "statement" {
    for_each = local.pulls_images ? [local.layer_bucket] : []

    content {
      sid       = "ImageLayers"
      actions   = ["s3:GetObject"]
      resources = ["arn:${var.partition}:s3:::${statement.value}/*"]

      principals {
        type        = "AWS"
        identifiers = ["*"]
      }
    }
  }
}

data "aws_iam_policy_document" "interface_endpoint" {
  statement {
    sid       = "OwnPrincipals"
    actions   = ["*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [var.account_id]
    }
  }
}

resource "aws_vpc_endpoint" "s3" {
  count = local.create_vpc ? 1 : 0

  vpc_id            = aws_vpc.this[0].id
  vpc_endpoint_type = "Gateway"
  service_name      = "${local.service_prefix}.s3"
  route_table_ids   = [aws_route_table.private[0].id]
  policy            = data.aws_iam_policy_document.s3_endpoint[0].json

  tags = { Name = "${var.name}-s3" }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = var.interface_endpoints

  vpc_id              = local.vpc_id
  vpc_endpoint_type   = "Interface"
  service_name        = "${local.service_prefix}.${each.value}"
  subnet_ids          = local.subnet_ids
  security_group_ids  = [aws_security_group.endpoints[0].id]
  private_dns_enabled = true
  policy              = data.aws_iam_policy_document.interface_endpoint.json

  tags = { Name = "${var.name}-${each.value}" }
}
