# GitHub as an identity provider, and which job of which workflow may take a role. The roles and what they may do are in modules/access.
locals {
  issuer    = "token.actions.githubusercontent.com"
  branch    = "refs/heads/${var.branch}"
  workflows = "${coalesce(var.repository, "none")}/.github/workflows"

  # Exact subjects: with repo:OWNER/NAME:*, any job of any branch could take the role. The subject of a job behind a GitHub environment names
  # that instead of its branch, so the workflow file is compared with its branch too: a branch cannot bring a launch.yml of its own.
  jobs = {
    plan = [
      { sid = "PullRequests", subject = "pull_request", workflow = "plan.yml@refs/pull/*/merge" },
      { sid = "FirstJobOfALaunch", subject = "ref:${local.branch}", workflow = "launch.yml@${local.branch}" },
    ]
    launch = [
      { sid = "ReviewedLaunches", subject = "environment:${var.environments.launch}", workflow = "launch.yml@${local.branch}" },
      { sid = "LaunchesThatACommentApproved", subject = "environment:${var.environments.approved}", workflow = "launch.yml@${local.branch}" },
    ]
    cleanup = [{ sid = "Cleanups", subject = "environment:${var.environments.cleanup}", workflow = "cleanup.yml@${local.branch}" }]
    freeze  = [{ sid = "Commands", subject = "environment:${var.environments.freeze}", workflow = "commands.yml@${local.branch}" }]
    keeper  = [for environment in compact([var.environments.watch]) : { sid = "WorkflowsThatWatch", subject = "environment:${environment}", workflow = "watch.yml@${local.branch}" }]
  }
}

# One for an account: other environments use it too.
resource "aws_iam_openid_connect_provider" "this" {
  count = var.create_provider ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}
