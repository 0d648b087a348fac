output "role_arn" {
  description = "ARN of the execution role, known at plan time."
  value       = local.role_arn
}
