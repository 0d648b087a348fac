variable "keeper" {
  description = <<-EOT
    A CodeBuild project that drives the open runs while no machine of yours does: it moves them to on-demand in time, validates them and writes their receipts. Null: none. docs/how-to/detach-and-resume.md has the price. Its two roles are those of infra/access, which has to be applied with the same value first.
    repository: OWNER/NAME on GitHub, with the environment's files. revision: branch, tag or commit; null is the default branch. connection_arn: connection to GitHub for a private repository. github_token: ssm:/NAME of the SSM parameter with the token that posts receipts; null posts none. schedule_minutes: how often it looks, besides at each change of a job. watch_minutes: how long it then stays while a run is open. log_retention_days: of its log. image: one of CodeBuild's.
  EOT
  type = object({
    repository         = string
    revision           = optional(string)
    connection_arn     = optional(string)
    github_token       = optional(string)
    schedule_minutes   = optional(number, 15)
    watch_minutes      = optional(number, 10)
    log_retention_days = optional(number, 30)
    image              = optional(string, "aws/codebuild/amazonlinux-x86_64-standard:5.0")
  })
  default = null

  validation {
    condition     = var.keeper == null ? true : can(regex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", var.keeper.repository))
    error_message = "keeper must have a repository of the form OWNER/NAME."
  }

  validation {
    condition     = try(var.keeper.connection_arn, null) == null ? true : can(regex("^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}:connection/[a-z0-9-]+$", var.keeper.connection_arn))
    error_message = "keeper must have a connection_arn of the form arn:aws:codeconnections:REGION:ACCOUNT:connection/ID."
  }

  # So a token itself cannot get into plan and state.
  validation {
    condition     = try(var.keeper.github_token, null) == null ? true : can(regex("^ssm:(/[A-Za-z0-9_.-]+)+$", var.keeper.github_token))
    error_message = "keeper must have a github_token that names an SSM parameter, for example ssm:/research/github-token. Never put the token itself here."
  }

  validation {
    condition     = var.keeper == null ? true : alltrue([for minutes in [var.keeper.schedule_minutes, var.keeper.watch_minutes] : minutes >= 1 && minutes <= 1440 && floor(minutes) == minutes])
    error_message = "keeper must have schedule_minutes and watch_minutes that are whole numbers from 1 to 1440."
  }

  validation {
    condition     = var.keeper == null ? true : contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.keeper.log_retention_days)
    error_message = "keeper must have log_retention_days that CloudWatch Logs offers: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }

  validation {
    condition     = var.keeper == null ? true : startswith(var.keeper.image, "aws/codebuild/")
    error_message = "keeper must have an image of CodeBuild, for example aws/codebuild/amazonlinux-x86_64-standard:5.0: another one would be pulled from outside."
  }
}
