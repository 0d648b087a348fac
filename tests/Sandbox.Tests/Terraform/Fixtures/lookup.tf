# What data sources find: facts of the sandbox and what the same configuration creates.

data "aws_availability_zones" "all" {
  exclude_names = ["us-east-1c"]
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_service_principal" "sagemaker" {
  service_name = "sagemaker"
}

data "aws_vpc" "default" {
  default = true
}

data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}

data "aws_subnet" "first" {
  id = sort(data.aws_subnets.default.ids)[0]
}

data "aws_vpc_endpoint_service" "s3" {
  service = "s3"
}

data "aws_sagemaker_prebuilt_ecr_image" "pytorch" {
  repository_name = "pytorch-training"
  image_tag       = "2.10.0-gpu-py313-cu130-ubuntu22.04-sagemaker"
}

data "aws_iam_session_context" "user" {
  arn = data.aws_caller_identity.current.arn
}

resource "aws_vpc" "tagged" {
  cidr_block = "10.40.0.0/16"
  tags       = { Name = "lookup" }
}

data "aws_vpc" "tagged" {
  tags       = { Name = "lookup" }
  depends_on = [aws_vpc.tagged]
}

resource "aws_kms_key" "main" {}

resource "aws_kms_alias" "main" {
  name          = "alias/lookup"
  target_key_id = aws_kms_key.main.arn
}

data "aws_kms_key" "by_alias" {
  key_id     = "alias/lookup"
  depends_on = [aws_kms_alias.main]
}

resource "aws_s3_bucket" "main" {
  bucket = "fixture-lookup"
}

data "aws_s3_bucket" "main" {
  bucket = aws_s3_bucket.main.id
}

resource "aws_iam_role" "main" {
  name               = "lookup"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}

data "aws_iam_role" "main" {
  name = aws_iam_role.main.name
}

data "aws_iam_role" "training" {
  name = "sandbox-training"
}

data "aws_iam_session_context" "role" {
  arn        = "arn:aws:sts::000000000000:assumed-role/lookup/session"
  depends_on = [aws_iam_role.main]
}

resource "aws_servicequotas_service_quota" "spot" {
  service_code = "sagemaker"
  quota_code   = "L-944F78BB"
  value        = 4
}

data "aws_servicequotas_service_quota" "spot" {
  service_code = "sagemaker"
  quota_code   = aws_servicequotas_service_quota.spot.quota_code
}

output "found" {
  value = {
    zones        = join(",", data.aws_availability_zones.all.names)
    account      = data.aws_caller_identity.current.account_id
    partition    = data.aws_partition.current.partition
    region       = data.aws_region.current.region
    principal    = data.aws_service_principal.sagemaker.name
    default_cidr = data.aws_vpc.default.cidr_block
    subnets      = tostring(length(data.aws_subnets.default.ids))
    subnet_in    = tostring(data.aws_subnet.first.vpc_id == data.aws_vpc.default.id)
    service      = data.aws_vpc_endpoint_service.s3.service_name
    image        = data.aws_sagemaker_prebuilt_ecr_image.pytorch.registry_path
    issuer       = data.aws_iam_session_context.role.issuer_arn
    tagged       = tostring(data.aws_vpc.tagged.id == aws_vpc.tagged.id)
    key          = tostring(data.aws_kms_key.by_alias.arn == aws_kms_key.main.arn)
    bucket       = data.aws_s3_bucket.main.bucket_domain_name
    role         = tostring(data.aws_iam_role.main.arn == aws_iam_role.main.arn)
    training     = data.aws_iam_role.training.arn
    quota        = tostring(data.aws_servicequotas_service_quota.spot.value)
  }
}
