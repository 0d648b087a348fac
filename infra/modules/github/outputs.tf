output "statements" {
  description = "Statements of each role's trust policy, by role: plan, launch, cleanup, freeze, keeper. Empty where no repository is named."
  value = { for role, jobs in local.jobs : role => [for job in jobs : {
    Sid       = job.sid
    Effect    = "Allow"
    Principal = { Federated = "${var.provider_arn_prefix}:oidc-provider/${local.issuer}" }
    Action    = ["sts:AssumeRoleWithWebIdentity"]
    Condition = { for operator, keys in {
      StringEquals = { "${local.issuer}:aud" = "sts.amazonaws.com", "${local.issuer}:sub" = "repo:${var.subject}:${job.subject}" }
      StringLike   = { "${local.issuer}:job_workflow_ref" = "${local.workflows}/${job.workflow}" }
    } : operator => keys if operator == "StringEquals" || var.compares_workflows }
  } if var.repository != null] }
}

output "provider_created" {
  description = "Whether the provider is one of this module's resources."
  value       = length(aws_iam_openid_connect_provider.this) > 0
}
