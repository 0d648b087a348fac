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

resource "aws_cloudwatch_log_group" "x" {
  name                        = "unsupported"
  log_group_class             = "INFREQUENT_ACCESS"
  deletion_protection_enabled = true
}
