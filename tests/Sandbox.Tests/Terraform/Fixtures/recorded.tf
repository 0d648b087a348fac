# One of each type that the sandbox only records.

resource "aws_ce_anomaly_monitor" "services" {
  name              = "fixture"
  monitor_type      = "DIMENSIONAL"
  monitor_dimension = "SERVICE"
}

resource "aws_ce_anomaly_subscription" "daily" {
  name             = "fixture"
  frequency        = "DAILY"
  monitor_arn_list = [aws_ce_anomaly_monitor.services.arn]

  subscriber {
    type    = "EMAIL"
    address = "team@example.com"
  }

  threshold_expression {
    dimension {
      key           = "ANOMALY_TOTAL_IMPACT_ABSOLUTE"
      match_options = ["GREATER_THAN_OR_EQUAL"]
      values        = ["100"]
    }
  }
}

resource "aws_cloudwatch_event_archive" "all" {
  name             = "fixture"
  event_source_arn = "arn:aws:events:us-east-1:000000000000:event-bus/default"
  event_pattern    = jsonencode({ source = ["aws.sagemaker"] })
}

resource "aws_cloudwatch_log_group" "training" {
  name = "fixture-recorded"
}

resource "aws_cloudwatch_log_metric_filter" "errors" {
  name           = "errors"
  pattern        = "ERROR"
  log_group_name = aws_cloudwatch_log_group.training.name

  metric_transformation {
    name      = "Errors"
    namespace = "Fixture"
    value     = "1"
  }
}

resource "aws_dynamodb_table" "ledger" {
  name         = "fixture-ledger"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "team"
  range_key    = "month"

  attribute {
    name = "team"
    type = "S"
  }

  attribute {
    name = "month"
    type = "S"
  }

  ttl {
    attribute_name = "expires"
    enabled        = true
  }
}

resource "aws_ecr_repository" "images" {
  name                 = "fixture/images"
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "aws_ecr_lifecycle_policy" "images" {
  repository = aws_ecr_repository.images.name
  policy     = jsonencode({ rules = [] })
}

resource "aws_vpc" "main" {
  cidr_block = "10.30.0.0/16"
}

resource "aws_subnet" "main" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.30.0.0/24"
}

resource "aws_fsx_lustre_file_system" "scratch" {
  storage_capacity = 1200
  subnet_ids       = [aws_subnet.main.id]
  deployment_type  = "SCRATCH_2"
}

resource "aws_lambda_function" "guard" {
  function_name = "fixture-guard"
  role          = "arn:aws:iam::000000000000:role/guard"
  handler       = "index.handler"
  runtime       = "python3.13"
  s3_bucket     = "code"
  s3_key        = "guard.zip"

  environment {
    variables = { LIMIT = "100" }
  }
}

resource "aws_lambda_permission" "events" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.guard.function_name
  principal     = "events.amazonaws.com"
}

resource "aws_sagemaker_mlflow_app" "tracking" {
  name               = "fixture"
  artifact_store_uri = "s3://fixture/mlflow"
  role_arn           = "arn:aws:iam::000000000000:role/mlflow"
}

resource "aws_sagemaker_mlflow_tracking_server" "tracking" {
  tracking_server_name = "fixture"
  artifact_store_uri   = "s3://fixture/mlflow"
  role_arn             = "arn:aws:iam::000000000000:role/mlflow"
}

resource "aws_sagemaker_model_package_group" "models" {
  model_package_group_name = "fixture-models"
}

resource "aws_scheduler_schedule_group" "nightly" {
  name = "fixture"
}

resource "aws_scheduler_schedule" "nightly" {
  name                = "fixture-nightly"
  group_name          = aws_scheduler_schedule_group.nightly.name
  schedule_expression = "rate(1 day)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_sqs_queue.jobs.arn
    role_arn = "arn:aws:iam::000000000000:role/scheduler"
  }
}

resource "aws_servicequotas_service_quota" "spot" {
  service_code = "sagemaker"
  quota_code   = "L-DE07CBDF"
  value        = 8
}

resource "aws_sqs_queue" "jobs" {
  name = "fixture-jobs"
}
