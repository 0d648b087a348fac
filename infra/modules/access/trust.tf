locals {
  github = "token.actions.githubusercontent.com"

  # Exact subjects: with repo:OWNER/NAME:*, the workflow of any branch could take the role.
  subjects = var.github_repository == null ? {} : {
    plan    = ["repo:${var.github_repository}:pull_request", "repo:${var.github_repository}:ref:refs/heads/${var.github_branch}"]
    launch  = ["repo:${var.github_repository}:environment:${var.github_environments.launch}"]
    cleanup = ["repo:${var.github_repository}:environment:${var.github_environments.cleanup}"]
    freeze  = ["repo:${var.github_repository}:environment:${var.github_environments.freeze}"]
  }

  workflows_that_watch = [for environment in compact([var.github_environments.watch]) : {
    Sid       = "WorkflowsThatWatch"
    Effect    = "Allow"
    Principal = { Federated = "${local.arn.iam}:oidc-provider/${local.github}" }
    Action    = ["sts:AssumeRoleWithWebIdentity"]
    Condition = { StringEquals = { "${local.github}:aud" = "sts.amazonaws.com", "${local.github}:sub" = ["repo:${var.github_repository}:environment:${environment}"] } }
  } if var.github_repository != null]

  trust = { for role in keys(local.roles) : role => jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [for subjects in [lookup(local.subjects, role, [])] : {
        Sid       = "WorkflowsOfTheRepository"
        Effect    = "Allow"
        Principal = { Federated = "${local.arn.iam}:oidc-provider/${local.github}" }
        Action    = ["sts:AssumeRoleWithWebIdentity"]
        Condition = { StringEquals = { "${local.github}:aud" = "sts.amazonaws.com", "${local.github}:sub" = subjects } }
      } if length(subjects) > 0],
      [for principals in [var.principals[role]] : {
        Sid       = "People"
        Effect    = "Allow"
        Principal = { AWS = principals }
        Action    = ["sts:AssumeRole"]
      } if length(principals) > 0],
      # A session can have this team and environment as tags, or none: then it has those of the role, which are the same.
      [for principals in [var.principals[role]] : {
        Sid       = "WithTheTagsOfTheRole"
        Effect    = "Allow"
        Principal = { AWS = principals }
        Action    = ["sts:TagSession"]
        Condition = {
          StringEquals                = local.request_tags
          "ForAllValues:StringEquals" = { "aws:TagKeys" = keys(local.tags) }
        }
      } if length(principals) > 0],
    )
  }) }
}
