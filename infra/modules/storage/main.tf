resource "aws_s3_bucket" "artifacts" {
  bucket = var.bucket_name

  # No variable can change this: emptying the bucket is a separate step, for which a person types its name.
  force_destroy = false

  # On destroy the bucket goes first. Where it stays because it holds objects, the key that they need stays too.
  depends_on = [aws_kms_key.artifacts]
}

resource "aws_s3_bucket_public_access_block" "artifacts" {
  bucket = aws_s3_bucket.artifacts.bucket

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "artifacts" {
  bucket = aws_s3_bucket.artifacts.bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "artifacts" {
  bucket = aws_s3_bucket.artifacts.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "artifacts" {
  bucket = aws_s3_bucket.artifacts.bucket

  rule {
    # One data key for many objects: without it every checkpoint file is a billed call to KMS.
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = local.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "artifacts" {
  bucket = aws_s3_bucket.artifacts.bucket

  rule {
    id     = "abort-incomplete-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  rule {
    id     = "expire-noncurrent-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = var.noncurrent_version_expiration_days
    }

    expiration {
      expired_object_delete_marker = true
    }
  }

  dynamic "rule" {
    for_each = var.run_expiration_days == null ? [] : [var.run_expiration_days]

    content {
      id     = "expire-runs"
      status = "Enabled"

      filter {
        prefix = "${var.run_prefix}/"
      }

      expiration {
        days = rule.value
      }
    }
  }

  # A rule on noncurrent versions means something only once there are versions.
  depends_on = [aws_s3_bucket_versioning.artifacts]
}
