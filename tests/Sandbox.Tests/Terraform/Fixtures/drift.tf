provider "aws" {
  alias                       = "shared"
  region                      = "us-east-1"
  skip_credentials_validation = true

  default_tags {
    tags = {
      team  = "tests"
      owner = "provider"
    }
  }

  ignore_tags {
    key_prefixes = ["ops:"]
  }
}

resource "aws_vpc" "a" {
  provider   = aws.shared
  cidr_block = "10.70.0.0/16"
}

resource "aws_s3_bucket" "a" {
  provider      = aws.shared
  bucket        = "drift-artifacts"
  force_destroy = true
  tags          = { owner = "resource" }
}

resource "aws_s3_bucket_versioning" "a" {
  bucket = aws_s3_bucket.a.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "a" {
  bucket = aws_s3_bucket.a.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "a" {
  bucket                  = aws_s3_bucket.a.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "a" {
  bucket = aws_s3_bucket.a.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "a" {
  bucket = aws_s3_bucket.a.id

  rule {
    id     = "old"
    status = "Enabled"

    filter {
      prefix = "runs/"
    }

    expiration {
      days = 30
    }
  }
}

resource "aws_s3_bucket_policy" "a" {
  bucket = aws_s3_bucket.a.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:DeleteBucket"
      Resource  = aws_s3_bucket.a.arn
    }]
  })
}

resource "aws_s3_object" "a" {
  provider = aws.shared
  bucket   = aws_s3_bucket.a.id
  key      = "notes/a.txt"
  content  = "a"
  tags     = { kind = "note" }
}

resource "aws_cloudwatch_log_group" "a" {
  name              = "drift-group"
  retention_in_days = 14
}
