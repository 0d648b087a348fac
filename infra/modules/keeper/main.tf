# Drives the open runs of the environment while no machine of the team does. The two roles are those of infra/access: who applies this
# cannot widen them.
locals {
  project = "${var.name}-keeper"

  # Built from names, so a first plan shows all of it.
  role = "arn:${var.partition}:iam::${var.account_id}:role/${var.name}-keeper"

  # A run that is still open (75) is no failure of the build.
  command = "./build.sh --target=Watch --environment=${var.environment} --for=${var.keeper.watch_minutes}m || [ $? -eq 75 ]"

  # For what comes before the command: the source, the .NET SDK and the build of the pipeline.
  setup_minutes = 20

  occasions = {
    clock = {
      description = "Every ${var.keeper.schedule_minutes} minutes"
      schedule    = var.keeper.schedule_minutes == 1 ? "rate(1 minute)" : "rate(${var.keeper.schedule_minutes} minutes)"
      pattern     = null
    }
    # Only this environment's jobs have its role; a prefix of names could be another environment's too.
    job = {
      description = "A training job of ${var.name} starts, is interrupted or ends"
      schedule    = null
      pattern = jsonencode({
        source        = ["aws.sagemaker"]
        "detail-type" = ["SageMaker Training Job State Change"]
        detail = {
          RoleArn         = [var.execution_role_arn]
          SecondaryStatus = ["Starting", "Interrupted", "Completed", "Failed", "Stopped", "MaxRuntimeExceeded", "MaxWaitTimeExceeded"]
        }
      })
    }
  }
}

# Encrypted with CloudWatch Logs' own key, as the log of the training jobs is.
resource "aws_cloudwatch_log_group" "builds" {
  name              = "/aws/codebuild/${local.project}"
  retention_in_days = var.keeper.log_retention_days
}

resource "aws_codebuild_project" "keeper" {
  name                   = local.project
  description            = "Continues the approved runs of ${var.name}"
  service_role           = local.role
  encryption_key         = var.kms_key_arn
  build_timeout          = var.keeper.watch_minutes + local.setup_minutes
  concurrent_build_limit = 1
  source_version         = var.keeper.revision

  source {
    type     = "GITHUB"
    location = "https://github.com/${var.keeper.repository}"

    # JSON is YAML too.
    buildspec = jsonencode({ version = "0.2", phases = { build = { commands = [local.command] } } })

    dynamic "auth" {
      for_each = var.keeper.connection_arn == null ? [] : [var.keeper.connection_arn]

      content {
        type     = "CODECONNECTIONS"
        resource = auth.value
      }
    }
  }

  artifacts {
    type = "NO_ARTIFACTS"
  }

  environment {
    type         = "LINUX_CONTAINER"
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = var.keeper.image

    # The name only: CodeBuild reads the value when a build starts, and hides it in the log.
    dynamic "environment_variable" {
      for_each = var.keeper.github_token == null ? [] : [var.keeper.github_token]

      content {
        name  = "GITHUB_TOKEN"
        type  = "PARAMETER_STORE"
        value = trimprefix(environment_variable.value, "ssm:")
      }
    }
  }

  logs_config {
    cloudwatch_logs {
      group_name = aws_cloudwatch_log_group.builds.name
    }
  }
}

resource "aws_cloudwatch_event_rule" "occasion" {
  for_each = local.occasions

  name                = "${local.project}-${each.key}"
  description         = each.value.description
  schedule_expression = each.value.schedule
  event_pattern       = each.value.pattern
}

resource "aws_cloudwatch_event_target" "build" {
  for_each = local.occasions

  rule      = aws_cloudwatch_event_rule.occasion[each.key].name
  target_id = "keeper"
  arn       = aws_codebuild_project.keeper.arn
  role_arn  = "${local.role}-events"

  # StartBuild's overrides: none, whatever the event has.
  input = "{}"

  # While a build runs, another is refused, which is fine: the one that runs sees what happened. Sent again, each would be one more build.
  retry_policy {
    maximum_retry_attempts = 0
  }
}
