resource "aws_cloudwatch_log_group" "training" {
  name              = "/fixture/training"
  retention_in_days = 30
}

resource "aws_cloudwatch_metric_alarm" "stalled" {
  alarm_name          = "fixture-stalled"
  comparison_operator = "LessThanThreshold"
  evaluation_periods  = 3
  metric_name         = "tokens_per_second"
  namespace           = "/aws/sagemaker/TrainingJobs"
  period              = 60
  statistic           = "Average"
  threshold           = 0.1
  alarm_actions       = [aws_sns_topic.alerts.arn]
  dimensions          = { TrainingJobName = "fixture" }
}

resource "aws_cloudwatch_metric_alarm" "slow" {
  alarm_name          = "fixture-slow"
  alarm_description   = "Half of the steps take longer than a minute."
  comparison_operator = "GreaterThanOrEqualToThreshold"
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  metric_name         = "step_seconds"
  namespace           = "Fixture"
  period              = 10
  extended_statistic  = "p50"
  threshold           = 60
  unit                = "Seconds"
  treat_missing_data  = "notBreaching"
  actions_enabled     = false
  tags                = { kind = "alarm" }
}

resource "aws_cloudwatch_composite_alarm" "person" {
  alarm_name    = "fixture-person"
  alarm_rule    = "ALARM(${aws_cloudwatch_metric_alarm.stalled.alarm_name}) OR ALARM(\"${aws_cloudwatch_metric_alarm.slow.alarm_name}\")"
  alarm_actions = [aws_sns_topic.alerts.arn]
  ok_actions    = [aws_sns_topic.alerts.arn]
}

resource "aws_cloudwatch_dashboard" "runs" {
  dashboard_name = "fixture-runs"
  dashboard_body = jsonencode({
    widgets = [{
      type       = "metric"
      width      = 12
      properties = { region = "us-east-1", metrics = [["Fixture", "step_seconds"]] }
    }]
  })
}

resource "aws_cloudwatch_event_rule" "state_change" {
  name = "fixture-state-change"
  event_pattern = jsonencode({
    source      = ["aws.sagemaker"]
    detail-type = ["SageMaker Training Job State Change"]
  })
}

resource "aws_cloudwatch_event_target" "alerts" {
  rule = aws_cloudwatch_event_rule.state_change.name
  arn  = aws_sns_topic.alerts.arn

  input_transformer {
    input_paths    = { name = "$.detail.TrainingJobName" }
    input_template = "\"<name> changed\""
  }
}

resource "aws_sns_topic" "alerts" {
  name              = "fixture-alerts"
  kms_master_key_id = "alias/aws/sns"
}

resource "aws_sns_topic_policy" "alerts" {
  arn = aws_sns_topic.alerts.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.alerts.arn
    }]
  })
}

resource "aws_sns_topic_subscription" "hook" {
  topic_arn            = aws_sns_topic.alerts.arn
  protocol             = "http"
  endpoint             = "http://127.0.0.1:9/nobody"
  raw_message_delivery = true
}

resource "aws_sns_topic_subscription" "mail" {
  topic_arn = aws_sns_topic.alerts.arn
  protocol  = "email"
  endpoint  = "team@example.com"
}

resource "aws_budgets_budget" "monthly" {
  name         = "fixture-monthly"
  budget_type  = "COST"
  limit_amount = "250.0"
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  cost_filter {
    name   = "TagKeyValue"
    values = ["user:team$tests"]
  }

  cost_filter {
    name   = "Service"
    values = ["Amazon SageMaker"]
  }

  notification {
    comparison_operator        = "GREATER_THAN"
    notification_type          = "FORECASTED"
    threshold                  = 80
    threshold_type             = "PERCENTAGE"
    subscriber_email_addresses = ["team@example.com"]
  }

  notification {
    comparison_operator       = "GREATER_THAN"
    notification_type         = "ACTUAL"
    threshold                 = 100
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [aws_sns_topic.alerts.arn]
  }
}
