# One resource for each kind of reference, to what does not exist.

data "aws_vpc" "default" {
  default = true
}

data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}

resource "aws_subnet" "x" {
  vpc_id     = "vpc-0123456789abcdef0"
  cidr_block = "10.0.0.0/24"
}

resource "aws_security_group" "x" {
  name   = "unknown"
  vpc_id = "vpc-0123456789abcdef0"
}

resource "aws_vpc_security_group_ingress_rule" "x" {
  security_group_id = "sg-0123456789abcdef0"
  ip_protocol       = "-1"
  cidr_ipv4         = "10.0.0.0/8"
}

resource "aws_route_table_association" "subnet" {
  subnet_id      = "subnet-0123456789abcdef0"
  route_table_id = data.aws_vpc.default.main_route_table_id
}

resource "aws_route_table_association" "table" {
  subnet_id      = data.aws_subnets.default.ids[0]
  route_table_id = "rtb-0123456789abcdef0"
}

resource "aws_iam_role_policy" "x" {
  role   = "nobody"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "*", Resource = "*" }] })
}

resource "aws_iam_role_policy_attachment" "x" {
  role       = "nobody"
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_kms_alias" "x" {
  name          = "alias/unknown"
  target_key_id = "00000000-0000-0000-0000-000000000000"
}

resource "aws_cloudwatch_log_group" "x" {
  name       = "unknown-key"
  kms_key_id = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"
}

resource "aws_cloudwatch_log_metric_filter" "x" {
  name           = "errors"
  pattern        = "ERROR"
  log_group_name = "unknown-group"

  metric_transformation {
    name      = "Errors"
    namespace = "Fixture"
    value     = "1"
  }
}

resource "aws_s3_bucket_versioning" "x" {
  bucket = "unknown-bucket"

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "x" {
  bucket = "unknown-bucket"

  rule {
    id     = "all"
    status = "Enabled"

    expiration {
      days = 1
    }
  }
}

resource "aws_s3_object" "x" {
  bucket  = "unknown-bucket"
  key     = "a.txt"
  content = "a"
}

resource "aws_s3_bucket" "known" {
  bucket = "known-bucket"
}

resource "aws_s3_object" "key" {
  bucket     = aws_s3_bucket.known.id
  key        = "a.txt"
  content    = "a"
  kms_key_id = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"
}

resource "aws_s3_bucket_logging" "x" {
  bucket        = aws_s3_bucket.known.id
  target_bucket = "unknown-bucket"
  target_prefix = "logs/"
}

resource "aws_sns_topic_subscription" "x" {
  topic_arn = "arn:aws:sns:us-east-1:000000000000:unknown"
  protocol  = "email"
  endpoint  = "team@example.com"
}

resource "aws_sagemaker_training_job" "x" {
  training_job_name = "unknown-bucket"
  role_arn          = "arn:aws:iam::000000000000:role/execution"

  algorithm_specification {
    training_image      = "sandbox/builtin"
    training_input_mode = "File"
  }

  output_data_config {
    s3_output_path = "s3://unknown-bucket/output"
  }

  resource_config {
    instance_type     = "ml.m5.large"
    instance_count    = 1
    volume_size_in_gb = 30
  }

  stopping_condition {
    max_runtime_in_seconds = 600
  }
}
