# What the pipeline publishes, docs/reference/alarms.md, has these dimensions: the values of all runs of the environment.
locals {
  namespace  = "TrainingPipeline"
  dimensions = { Environment = var.name, Team = var.team }

  # The pipeline publishes once a minute. One minute over the threshold is enough, and three without are the end of it, so a late
  # value makes no second alarm. A run that has ended publishes nothing, which is fine.
  soon = { comparison = "GreaterThanOrEqualToThreshold", statistic = "Maximum", period = 60, periods = 3, datapoints = 1 }
  low  = { comparison = "LessThanThreshold", statistic = "Average", period = 300, periods = 3, datapoints = 3 }

  all_alarms = {
    running-long = merge(local.soon, {
      metric    = "ElapsedAgainstPlanned"
      threshold = var.alarms.elapsed_percent
      happened  = "A run takes ${var.alarms.elapsed_percent}% of the time that was expected from its submission to its end, waiting for capacity included."
      todo      = "See with ${local.status} whether it waits or trains. If spot capacity does not come, launch the next run with a deadline or a fallback; what the run may cost is limited as approved."
    })
    stalled = merge(local.soon, {
      metric    = "CheckpointAgeAgainstRhythm"
      threshold = var.alarms.stall_percent
      happened  = "A job trains, but its newest checkpoint is ${var.alarms.stall_percent}% as old as it becomes by the run's own rhythm: it hangs, is too slow, or its checkpoints do not reach S3."
      todo      = "See the last step with ${local.status}. If it does not change, stop it with ./build.sh --target=Stop --environment=${var.environment}: until then it costs what a job that trains costs. A run that is launched with --on-stall=restart does so itself and continues from its last checkpoint."
    })
    low-goodput = merge(local.low, {
      metric    = "Goodput"
      threshold = var.alarms.goodput_percent
      happened  = "Under ${var.alarms.goodput_percent}% of a run's time on nodes so far was productive, and all of it is paid for."
      todo      = "See with ${local.status} what the time goes into. Where interruptions take it, let the program save more often, or launch the next run with a fallback or a deadline; where starts do, make image and data smaller."
    })
    spend = merge(local.soon, {
      metric    = "SpendAgainstCeiling"
      threshold = var.alarms.spend_percent
      happened  = "A run has spent up to ${var.alarms.spend_percent}% of the approved amount. AWS stops its job before it costs more."
      todo      = "See with ${local.status} whether it will be done in time. If not, stop it with ./build.sh --target=Stop --environment=${var.environment}: its checkpoints are kept, and a new run needs a new approval."
    })
    interruptions = merge(local.soon, {
      metric    = "Interruptions"
      threshold = var.alarms.interruptions_per_hour
      happened  = "Spot capacity of a run was taken away ${var.alarms.interruptions_per_hour} times within an hour."
      todo      = "Each time, work since the last checkpoint is repeated. Consider more zones, a fallback, another instance type, or a deadline, with which the pipeline moves the job to on-demand."
    })
    gpu-idle = merge(local.low, {
      metric    = "GpuUtilization"
      threshold = var.alarms.gpu_percent
      happened  = "The GPUs of a training job were used under ${var.alarms.gpu_percent}% for 15 minutes, and are paid for."
      todo      = "Look at its log with ./build.sh --target=Logs --environment=${var.environment}: it may load data, wait for a node, or hang."
    })
  }

  alarms = { for name, alarm in local.all_alarms : name => alarm if alarm.threshold > 0 }
}

resource "aws_cloudwatch_metric_alarm" "run" {
  for_each = local.alarms

  alarm_name        = "${var.name}-${each.key}"
  alarm_description = "${each.value.happened} What to do: ${each.value.todo}"
  alarm_actions     = [aws_sns_topic.alarms.arn]

  namespace   = local.namespace
  metric_name = each.value.metric
  dimensions  = local.dimensions

  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  statistic           = each.value.statistic
  period              = each.value.period
  evaluation_periods  = each.value.periods
  datapoints_to_alarm = each.value.datapoints
  treat_missing_data  = "notBreaching"
}

# One state for a pager or another tool. Its parts tell people, each in its own words, so it tells nobody.
resource "aws_cloudwatch_composite_alarm" "person" {
  count = length(local.alarms) == 0 ? 0 : 1

  alarm_name        = "${var.name}-needs-a-person"
  alarm_description = "A run of ${var.name} needs a person. What to do: see which of its alarms is in ALARM, and do what that one says."
  alarm_rule        = join(" OR ", [for name in keys(local.alarms) : "ALARM(\"${aws_cloudwatch_metric_alarm.run[name].alarm_name}\")"])
}
