output "role_arns" {
  description = "ARN of each role: plan, launch, cleanup, freeze. --assume-role takes one."
  value       = module.access.role_arns
}

output "permissions_boundary_arn" {
  description = "Value of permissions_boundary_arn in the environment's variable file: the launch role creates the execution role with this boundary only."
  value       = module.access.boundary_arn
}
