variable "total_steps" {
  type    = string
  default = "20"
}

variable "name" {
  type    = string
  default = "terraform-job"
}

variable "keep_alive" {
  type    = number
  default = null
}

variable "tags" {
  type    = map(string)
  default = { purpose = "test" }
}

variable "create_timeout" {
  type    = string
  default = null
}

resource "aws_s3_bucket" "a" {
  bucket        = "terraform-jobs"
  force_destroy = true
}

resource "aws_s3_object" "text" {
  bucket  = aws_s3_bucket.a.id
  key     = "data/text.txt"
  content = "The text that the job learns from. It is short, and says little twice: it is short."
}

resource "aws_iam_role" "a" {
  name               = "terraform-jobs"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "a" {
  name = "job"
  role = aws_iam_role.a.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["cloudwatch:PutMetricData", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "s3:GetObject", "s3:ListBucket", "s3:PutObject"]
      Resource = "*"
    }]
  })
}

resource "aws_sagemaker_training_job" "a" {
  training_job_name = var.name
  role_arn          = aws_iam_role.a.arn

  hyper_parameters = {
    total_steps = var.total_steps
    hidden_size = "16"
  }

  algorithm_specification {
    training_image      = "sandbox/builtin"
    training_input_mode = "File"

    metric_definitions {
      name  = "train:loss"
      regex = "train:loss=([-+0-9.eE]+)"
    }
  }

  input_data_config {
    channel_name = "train"

    data_source {
      s3_data_source {
        s3_data_type = "S3Prefix"
        s3_uri       = "s3://${aws_s3_bucket.a.id}/data/"
      }
    }
  }

  output_data_config {
    s3_output_path = "s3://${aws_s3_bucket.a.id}/output"
  }

  resource_config {
    instance_type                = "ml.m5.large"
    instance_count               = 1
    volume_size_in_gb            = 30
    keep_alive_period_in_seconds = var.keep_alive
  }

  stopping_condition {
    max_runtime_in_seconds = 600
  }

  retry_strategy {
    maximum_retry_attempts = 2
  }

  infra_check_config {
    enable_infra_check = true
  }

  tags       = var.tags
  depends_on = [aws_iam_role_policy.a, aws_s3_object.text]

  dynamic "timeouts" {
    for_each = var.create_timeout == null ? [] : [var.create_timeout]

    content {
      create = timeouts.value
    }
  }
}
