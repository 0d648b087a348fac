resource "aws_cloudwatch_metric_alarm" "a" {
  alarm_name          = "alarm-a"
  alarm_description   = "of a test"
  comparison_operator = "LessThanThreshold"
  evaluation_periods  = 2
  metric_name         = "m"
  namespace           = "Fixture"
  period              = 300
  statistic           = "Average"
  threshold           = 0.5
  dimensions          = { Run = "1", Team = "tests" }
}

resource "aws_cloudwatch_composite_alarm" "a" {
  alarm_name    = "alarm-b"
  alarm_rule    = "ALARM(${aws_cloudwatch_metric_alarm.a.alarm_name})"
  alarm_actions = [aws_sns_topic.a.arn]
}

resource "aws_cloudwatch_dashboard" "a" {
  dashboard_name = "dash"
  dashboard_body = jsonencode({ widgets = [] })
}

resource "aws_sns_topic" "a" {
  name              = "topic-a"
  display_name      = "Topic A"
  kms_master_key_id = aws_kms_key.a.id
  signature_version = 2
}

resource "aws_sns_topic_policy" "a" {
  arn = aws_sns_topic.a.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = ["cloudwatch.amazonaws.com", "events.amazonaws.com"] }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.a.arn
    }]
  })
}

resource "aws_kms_key" "a" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = { AWS = "arn:aws:iam::000000000000:root" }, Action = "kms:*", Resource = "*" },
      {
        Effect    = "Allow"
        Principal = { Service = ["cloudwatch.amazonaws.com", "events.amazonaws.com"] }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
      },
    ]
  })
}

resource "aws_cloudwatch_event_rule" "a" {
  name          = "rule-a"
  event_pattern = jsonencode({ source = ["mine"] })
}

resource "aws_cloudwatch_event_target" "a" {
  rule      = aws_cloudwatch_event_rule.a.name
  target_id = "target-a"
  arn       = aws_sns_topic.a.arn

  input_transformer {
    input_paths    = { n = "$.detail.n" }
    input_template = "\"n is <n>\""
  }
}

resource "aws_budgets_budget" "a" {
  name         = "budget-a"
  budget_type  = "COST"
  limit_amount = "250.0"
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  cost_filter {
    name   = "TagKeyValue"
    values = [format("user:team$%s", "tests")]
  }

  notification {
    comparison_operator        = "GREATER_THAN"
    notification_type          = "ACTUAL"
    threshold                  = 80
    threshold_type             = "PERCENTAGE"
    subscriber_email_addresses = ["team@example.com"]
    subscriber_sns_topic_arns  = [aws_sns_topic.a.arn]
  }
}

resource "aws_iam_role" "a" {
  name = "role-a"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = ["codebuild.amazonaws.com", "events.amazonaws.com"] }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_codebuild_project" "a" {
  name                   = "project-a"
  service_role           = aws_iam_role.a.arn
  build_timeout          = 30
  concurrent_build_limit = 1

  source {
    type      = "NO_SOURCE"
    buildspec = jsonencode({ version = "0.2", phases = { build = { commands = ["echo built"] } } })
  }

  artifacts {
    type = "NO_ARTIFACTS"
  }

  environment {
    type         = "LINUX_CONTAINER"
    image        = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
    compute_type = "BUILD_GENERAL1_SMALL"

    environment_variable {
      name  = "NAME"
      value = "value"
    }
  }

  logs_config {
    cloudwatch_logs {
      group_name = "builds"
    }
  }
}

resource "aws_cloudwatch_event_rule" "b" {
  name                = "rule-b"
  schedule_expression = "rate(15 minutes)"
}

resource "aws_cloudwatch_event_target" "b" {
  rule      = aws_cloudwatch_event_rule.b.name
  target_id = "target-b"
  arn       = aws_codebuild_project.a.arn
  role_arn  = aws_iam_role.a.arn
  input     = "{}"

  retry_policy {
    maximum_retry_attempts = 0
  }
}
