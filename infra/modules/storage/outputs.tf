output "bucket_name" {
  description = "Name of the artifact bucket, known at plan time."
  value       = aws_s3_bucket.artifacts.bucket
}

output "bucket_arn" {
  description = "ARN of the artifact bucket, known at plan time."
  value       = local.bucket_arn
}

output "kms_key_arn" {
  description = "ARN of the key that encrypts the artifacts, created or existing."
  value       = local.kms_key_arn
}
