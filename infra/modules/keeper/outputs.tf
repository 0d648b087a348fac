output "commands" {
  description = "What a build runs."
  value       = [local.command]
}

output "project" {
  description = "The CodeBuild project."
  value       = aws_codebuild_project.keeper
}

output "rules" {
  description = "The rules that start it, by occasion."
  value       = aws_cloudwatch_event_rule.occasion
}

output "targets" {
  description = "What the rules start, by occasion."
  value       = aws_cloudwatch_event_target.build
}
