# The keeper, where the environment has one: CodeBuild continues approved runs, and EventBridge starts it. A launch sets both up, and hands over
# roles that may do less than it may itself.
locals {
  keeper_name = "${var.name}-keeper"
  keeper = {
    project     = "arn:${var.partition}:codebuild:${var.region}:${var.account_id}:project/${local.keeper_name}"
    logs        = "arn:${var.partition}:logs:${var.region}:${var.account_id}:log-group:/aws/codebuild/${local.keeper_name}"
    role        = "${local.arn.iam}:role/${local.keeper_name}"
    events_role = "${local.arn.iam}:role/${local.keeper_name}-events"
  }

  # Beside what the policies gate and run allow. The state is read for its outputs, and neither written nor locked.
  keep = concat([
    {
      Sid      = "FindRunsAndEvidence"
      Effect   = "Allow"
      Action   = ["s3:ListBucket"]
      Resource = [local.state_bucket, local.bucket]
    },
    {
      Sid      = "ReadStateLedgerRunsAndFreezes"
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = concat([local.state, local.ledger, local.run_logs], local.freezes)
    },
    {
      Sid      = "WriteItsOwnLog"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "${local.keeper.logs}:log-stream:*"
    }],
    [for connection in compact([var.keeper_connection_arn]) : {
      Sid      = "GetTheSource"
      Effect   = "Allow"
      Action   = [for action in ["GetConnection", "GetConnectionToken", "UseConnection"] : "${split(":", connection)[2]}:${action}"]
      Resource = connection
    }],
    [for token in compact([var.keeper_github_token]) : {
      Sid      = "GetTheGitHubToken"
      Effect   = "Allow"
      Action   = ["ssm:GetParameters"]
      Resource = "arn:${var.partition}:ssm:${var.region}:${var.account_id}:parameter${token}"
    }],
    local.state_key_statements,
  )

  start_keeper = [{
    Sid      = "StartTheKeeper"
    Effect   = "Allow"
    Action   = ["codebuild:StartBuild"]
    Resource = local.keeper.project
  }]

  look_at_keeper = [for statement in [
    {
      Sid      = "LookAtKeeper"
      Effect   = "Allow"
      Action   = ["codebuild:BatchGetProjects", "events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule"]
      Resource = [local.keeper.project, "${local.rules_of_keeper}*"]
    },
    {
      Sid      = "LookAtKeepersLog"
      Effect   = "Allow"
      Action   = ["logs:DescribeLogGroups", "logs:ListTagsForResource"]
      Resource = "arn:${var.partition}:logs:${var.region}:${var.account_id}:log-group:*"
    },
  ] : statement if var.has_keeper]

  set_up_keeper = [
    {
      Sid      = "SetUpKeeper"
      Effect   = "Allow"
      Action   = ["codebuild:CreateProject", "codebuild:UpdateProject", "events:PutRule", "events:PutTargets", "events:TagResource", "events:UntagResource"]
      Resource = [local.keeper.project, "${local.rules_of_keeper}*"]
    },
    {
      Sid      = "SetUpKeepersLog"
      Effect   = "Allow"
      Action   = ["logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource"]
      Resource = [local.keeper.logs, "${local.keeper.logs}:*"]
    },
    {
      Sid       = "HandOverTheKeepersRole"
      Effect    = "Allow"
      Action    = ["iam:PassRole"]
      Resource  = local.keeper.role
      Condition = { StringEquals = { "iam:PassedToService" = "codebuild.amazonaws.com" } }
    },
    {
      Sid       = "HandOverTheRoleThatStartsIt"
      Effect    = "Allow"
      Action    = ["iam:PassRole"]
      Resource  = local.keeper.events_role
      Condition = { StringEquals = { "iam:PassedToService" = "events.amazonaws.com" } }
    },
  ]

  delete_keeper = [for statement in [
    {
      Sid      = "DeleteKeeper"
      Effect   = "Allow"
      Action   = ["codebuild:DeleteProject", "events:DeleteRule", "events:RemoveTargets"]
      Resource = [local.keeper.project, "${local.rules_of_keeper}*"]
    },
    {
      Sid      = "DeleteKeepersLog"
      Effect   = "Allow"
      Action   = ["logs:DeleteLogGroup"]
      Resource = "${local.keeper.logs}:*"
    },
  ] : statement if var.has_keeper]

  # As the launch role, it gets the denial of a freeze.
  freeze_keeper = [for statement in [
    {
      Sid       = "AttachTheDenialToTheKeeper"
      Effect    = "Allow"
      Action    = ["iam:AttachRolePolicy", "iam:DetachRolePolicy"]
      Resource  = local.keeper.role
      Condition = { ArnEquals = { "iam:PolicyARN" = local.spend_freeze } }
    },
    {
      Sid       = "SeeWhatTheKeeperHas"
      Effect    = "Allow"
      Action    = ["iam:ListAttachedRolePolicies"]
      Resource  = local.keeper.role
      Condition = {}
    },
  ] : { for name, value in statement : name => value if length(value) > 0 } if var.has_keeper]

  keeper_policies = { for name, policy in {
    keeper        = { description = "Finds what ${var.name} has open, and writes the keeper's log", statements = local.keep }
    keeper-events = { description = "Starts the keeper of ${var.name}", statements = local.start_keeper }
    keeper-setup  = { description = "Creates and changes the keeper of ${var.name}", statements = local.set_up_keeper }
  } : name => policy if var.has_keeper }

  # No person takes these: the services do, each for what it is here, and jobs of watch.yml the keeper's.
  service_roles = { for name, role in {
    keeper        = { description = "Continues approved runs of ${var.name}", hours = 1, policies = ["gate", "run", "keeper"], service = "codebuild", source = local.keeper.project }
    keeper-events = { description = "Starts the keeper of ${var.name}", hours = 1, policies = ["keeper-events"], service = "events", source = "${local.rules_of_keeper}*" }
  } : name => role if var.has_keeper }

  service_trust = { for name, role in local.service_roles : name => jsonencode({
    Version = "2012-10-17"
    Statement = concat([{
      Sid       = "ServiceOfThisEnvironment"
      Effect    = "Allow"
      Principal = { Service = "${role.service}.amazonaws.com" }
      Action    = ["sts:AssumeRole"]
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id }, ArnLike = { "aws:SourceArn" = role.source } }
    }], [for statement in var.github_trust.keeper : statement if name == "keeper"])
  }) }
}
