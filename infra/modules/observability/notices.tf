locals {
  # By the state that a job reaches. The texts stand in quotes of a JSON string; <...> are values of the event. Its reason of a failure is not
  # among them: it is the program's own text, which may hold a secret. The record has it, cut before one.
  notices = {
    Failed    = "Training job <job> (environment ${var.environment}) failed. What to do: find the cause with ./build.sh --target=Logs --environment=${var.environment}, correct it and launch again. A new run costs nothing before it is approved."
    Stopped   = "Training job <job> (environment ${var.environment}) was stopped before its end (<secondary>). Nothing has to be done if you stopped it, or if the pipeline did, which moves a job between spot and on-demand so. MaxRuntimeExceeded and MaxWaitTimeExceeded mean that its time was used up. What to do: see ${local.status}. Its checkpoints are kept."
    Completed = "Training job <job> (environment ${var.environment}) completed. What to do: if nobody follows its run, validate it with ./build.sh --target=Launch --environment=${var.environment}."
  }
}

resource "aws_cloudwatch_event_rule" "job" {
  for_each = var.alarms.job_states

  name        = "${var.name}-job-${lower(each.key)}"
  description = "Training jobs of ${var.name} that are ${lower(each.key)}."

  # Only this environment's jobs have its role; a prefix of names could be another environment's too.
  event_pattern = jsonencode({
    source        = ["aws.sagemaker"]
    "detail-type" = ["SageMaker Training Job State Change"]
    detail = {
      TrainingJobStatus = [each.key]
      RoleArn           = [var.execution_role_arn]
    }
  })
}

resource "aws_cloudwatch_event_target" "job" {
  for_each = var.alarms.job_states

  rule      = aws_cloudwatch_event_rule.job[each.key].name
  target_id = "alarms"
  arn       = aws_sns_topic.alarms.arn

  input_transformer {
    input_paths = {
      job       = "$.detail.TrainingJobName"
      secondary = "$.detail.SecondaryStatus"
    }

    input_template = "\"${local.notices[each.key]}\""
  }

  # EventBridge would drop what the topic's policy does not let in yet.
  depends_on = [aws_sns_topic_policy.alarms]
}
