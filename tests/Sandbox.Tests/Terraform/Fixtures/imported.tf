# What TerraformImportTests creates by other clients.

provider "aws" {
  alias                       = "untagged"
  region                      = "us-east-1"
  skip_credentials_validation = true
}

locals {
  name = "made-by-a-client"
}

import {
  to = aws_s3_bucket.a
  id = local.name
}

resource "aws_s3_bucket" "a" {
  provider = aws.untagged
  bucket   = local.name
  tags     = { made = "by-hand" }
}

import {
  to = aws_s3_bucket_versioning.a
  id = local.name
}

resource "aws_s3_bucket_versioning" "a" {
  bucket = local.name

  versioning_configuration {
    status = "Enabled"
  }
}

import {
  to = aws_s3_bucket_server_side_encryption_configuration.a
  id = local.name
}

resource "aws_s3_bucket_server_side_encryption_configuration" "a" {
  bucket = local.name

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

import {
  to = aws_s3_bucket_public_access_block.a
  id = local.name
}

resource "aws_s3_bucket_public_access_block" "a" {
  bucket                  = local.name
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

import {
  to = aws_s3_bucket_ownership_controls.a
  id = local.name
}

resource "aws_s3_bucket_ownership_controls" "a" {
  bucket = local.name

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

import {
  to = aws_s3_bucket_lifecycle_configuration.a
  id = local.name
}

resource "aws_s3_bucket_lifecycle_configuration" "a" {
  bucket = local.name

  rule {
    id     = "old"
    status = "Enabled"

    filter {
      prefix = "runs/"
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }
  }
}

import {
  to = aws_s3_bucket_policy.a
  id = local.name
}

resource "aws_s3_bucket_policy" "a" {
  bucket = local.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Principal = "*", Action = "s3:PutObject", Resource = "arn:aws:s3:::${local.name}/closed/*" }]
  })
}

import {
  to = aws_s3_object.a
  id = "s3://${local.name}/a/b.txt"
}

resource "aws_s3_object" "a" {
  provider     = aws.untagged
  bucket       = aws_s3_bucket.a.id
  key          = "a/b.txt"
  content_type = "text/plain"
}

import {
  to = aws_cloudwatch_log_group.a
  id = "${local.name}@us-east-1"
}

resource "aws_cloudwatch_log_group" "a" {
  provider          = aws.untagged
  name              = local.name
  retention_in_days = 7
}
