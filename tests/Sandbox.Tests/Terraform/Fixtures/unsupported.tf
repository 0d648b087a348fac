# Settings that the sandbox would accept and ignore.

resource "aws_s3_bucket" "x" {
  bucket              = "unsupported"
  acl                 = "public-read"
  object_lock_enabled = true
  policy              = jsonencode({ Version = "2012-10-17", Statement = [] })

  cors_rule {
    allowed_methods = ["GET"]
    allowed_origins = ["*"]
  }
}

resource "aws_s3_object" "x" {
  bucket           = "unsupported"
  key              = "a.txt"
  content          = "a"
  storage_class    = "GLACIER"
  object_lock_mode = "GOVERNANCE"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "x" {
  bucket = "unsupported"

  rule {
    blocked_encryption_types = ["SSE-C"]

    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "x" {
  bucket                                 = "unsupported"
  transition_default_minimum_object_size = "varies_by_storage_class"

  rule {
    id     = "colder"
    status = "Enabled"

    filter {}

    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }

    noncurrent_version_transition {
      noncurrent_days = 30
      storage_class   = "GLACIER"
    }
  }
}

resource "aws_s3_bucket_versioning" "x" {
  bucket = "unsupported"
  mfa    = "device 123456"

  versioning_configuration {
    status     = "Enabled"
    mfa_delete = "Enabled"
  }
}

resource "aws_cloudwatch_log_group" "x" {
  name                        = "unsupported"
  log_group_class             = "INFREQUENT_ACCESS"
  deletion_protection_enabled = true
}
