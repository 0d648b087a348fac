output "role_arns" {
  description = "ARN of each role, by what it is for: plan, launch, cleanup, freeze."
  value       = { for role in keys(local.roles) : role => "${local.arn.iam}:role/${var.name}-${role}" }
}

output "boundary_arn" {
  description = "ARN of the permissions boundary, which the execution role has to have."
  value       = local.boundary
}

output "documents" {
  description = "The policies as JSON, by name."
  value       = local.documents
}

output "attachments" {
  description = "Names of the policies of each role."
  value       = { for role, settings in merge(local.roles, local.service_roles) : role => settings.policies }
}

output "trust" {
  description = "The trust policies as JSON, by role."
  value       = merge(local.trust, local.service_trust)
}

output "approval_key_arn" {
  description = "ARN of the key that signs approvals."
  value       = aws_kms_key.approvals.arn
}

output "approval_key_policy" {
  description = "The policy of that key."
  value       = local.approval_key_policy
}
