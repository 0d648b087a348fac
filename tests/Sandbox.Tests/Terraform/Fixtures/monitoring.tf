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

resource "aws_cloudwatch_metric_alarm" "ratio" {
  alarm_name          = "fixture-ratio"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  threshold           = 90

  metric_query {
    id          = "e1"
    expression  = "m1 / 8"
    label       = "GPU"
    return_data = true
  }

  metric_query {
    id = "m1"

    metric {
      metric_name = "GPUUtilization"
      namespace   = "/aws/sagemaker/TrainingJobs"
      period      = 60
      stat        = "Average"
    }
  }
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
