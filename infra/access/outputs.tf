output "role_arns" {
  description = "ARN of each role: plan, launch, cleanup, freeze. --assume-role takes one."
  value       = module.access.role_arns
}

output "approval_key_arn" {
  description = "Value of approval_key_arn in the environment's variable file: the key that signs its approvals."
  value       = module.access.approval_key_arn
}

output "permissions_boundary_arn" {
  description = "Value of permissions_boundary_arn in the environment's variable file: the launch role creates the execution role with this boundary only."
  value       = module.access.boundary_arn
}
