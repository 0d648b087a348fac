# The storage module by itself. These runs apply, and destroy at the end.

provider "aws" {
  region = "us-east-1"
}

variables {
  name        = "storage-test"
  bucket_name = "storage-test-artifacts-of-the-pipeline"
  account_id  = "000000000000"
  partition   = "aws"

  kms_key_arn                        = null
  kms_key_deletion_window_days       = 7
  noncurrent_version_expiration_days = 7
  run_prefix                         = "runs"
  run_expiration_days                = null
}

run "own_key" {
  module {
    source = "./modules/storage"
  }

  assert {
    condition     = alltrue([aws_s3_bucket_public_access_block.artifacts.block_public_acls, aws_s3_bucket_public_access_block.artifacts.block_public_policy, aws_s3_bucket_public_access_block.artifacts.ignore_public_acls, aws_s3_bucket_public_access_block.artifacts.restrict_public_buckets])
    error_message = "Public access must be blocked in all four ways."
  }

  assert {
    condition     = aws_s3_bucket_versioning.artifacts.versioning_configuration[0].status == "Enabled"
    error_message = "The bucket must be versioned."
  }

  assert {
    condition     = aws_s3_bucket_ownership_controls.artifacts.rule[0].object_ownership == "BucketOwnerEnforced"
    error_message = "The bucket's owner must own every object, without access control lists."
  }

  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.artifacts.rule).bucket_key_enabled && one(one(aws_s3_bucket_server_side_encryption_configuration.artifacts.rule).apply_server_side_encryption_by_default).kms_master_key_id == aws_kms_key.artifacts[0].arn
    error_message = "Objects must be encrypted with the module's own key by default."
  }

  assert {
    condition     = aws_kms_key.artifacts[0].enable_key_rotation
    error_message = "The key must rotate."
  }

  assert {
    condition     = aws_s3_bucket.artifacts.force_destroy == false
    error_message = "Destroy must not delete objects."
  }

  assert {
    condition = alltrue([
      for sid in ["DenyWithoutTls", "DenyOldTls", "DenyOtherEncryption", "DenyOtherKeys"] :
      one([for statement in jsondecode(aws_s3_bucket_policy.artifacts.policy).Statement : statement.Effect if statement.Sid == sid]) == "Deny"
    ])
    error_message = "The bucket must refuse requests without TLS and objects under another key."
  }

  assert {
    condition     = toset([for rule in aws_s3_bucket_lifecycle_configuration.artifacts.rule : rule.id]) == toset(["abort-incomplete-uploads", "expire-noncurrent-versions"])
    error_message = "Runs must not expire unasked."
  }

  assert {
    condition = one([
      for rule in aws_s3_bucket_lifecycle_configuration.artifacts.rule : rule.abort_incomplete_multipart_upload[0].days_after_initiation
      if rule.id == "abort-incomplete-uploads" && rule.status == "Enabled" && alltrue([for filter in rule.filter : coalesce(filter.prefix, "-") == "-"])
    ]) == 7
    error_message = "Parts of an upload that nobody continues must not be stored, and billed, for ever."
  }
}

run "expiring_runs" {
  command = plan

  module {
    source = "./modules/storage"
  }

  variables {
    run_expiration_days = 90
  }

  assert {
    condition     = one([for rule in aws_s3_bucket_lifecycle_configuration.artifacts.rule : rule.expiration[0].days if rule.id == "expire-runs"]) == 90
    error_message = "Runs must expire after the given days."
  }
}

run "given_key" {
  command = plan

  module {
    source = "./modules/storage"
  }

  variables {
    bucket_name = "storage-test-given-key-of-the-pipeline"
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = length(aws_kms_key.artifacts) == 0 && output.kms_key_arn == "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    error_message = "No key may be created in addition to the given one."
  }
}
