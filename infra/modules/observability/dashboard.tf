locals {
  published = flatten([for name in ["Environment", "Team"] : [name, local.dimensions[name]]])

  # Title, metric and unit of what the pipeline publishes, then the alarm whose threshold is drawn.
  graphs = [
    { title = "Elapsed, percent of expected", metric = "ElapsedAgainstPlanned", alarm = "running-long" },
    { title = "Checkpoint age, percent of due", metric = "CheckpointAgeAgainstRhythm", alarm = "stalled" },
    { title = "Goodput, percent", metric = "Goodput", alarm = "low-goodput" },
    { title = "Spend, percent of approved", metric = "SpendAgainstCeiling", alarm = "spend" },
    { title = "Interruptions in the last hour", metric = "Interruptions", alarm = "interruptions" },
    { title = "GPU utilization, percent", metric = "GpuUtilization", alarm = "gpu-idle" },
    { title = "Step", metric = "Step", alarm = "" },
    { title = "Pipeline follows the run", metric = "Heartbeat", alarm = "" },
  ]

  alarm_widgets = length(local.alarms) == 0 ? [] : [{
    type   = "alarm"
    x      = 0
    y      = 0
    width  = 24
    height = 3
    properties = {
      title  = "Alarms of ${var.name}"
      alarms = [for name in concat(keys(local.alarms), ["needs-a-person"]) : "${local.alarm_arn}-${name}"]
    }
  }]

  graph_widgets = [for index, graph in local.graphs : {
    type   = "metric"
    x      = index % 3 * 8
    y      = 3 + floor(index / 3) * 6
    width  = 8
    height = 6
    properties = {
      title       = graph.title
      region      = var.region
      stat        = "Maximum"
      period      = 60
      metrics     = [concat([local.namespace, graph.metric], local.published)]
      annotations = { horizontal = [for name, alarm in local.alarms : { label = "alarm", value = alarm.threshold } if name == graph.alarm] }
    }
  }]

  # SageMaker's own, of each node: 100 is one GPU, so a node of eight goes to 800.
  node_widgets = [for index, metric in ["GPUUtilization", "GPUMemoryUtilization", "MemoryUtilization"] : {
    type   = "metric"
    x      = index * 8
    y      = 21
    width  = 8
    height = 6
    properties = {
      title   = "Nodes: ${metric}"
      region  = var.region
      metrics = [[{ expression = "SEARCH('{\"/aws/sagemaker/TrainingJobs\",Host} MetricName=\"${metric}\" ${replace(var.name, "-", " ")}', 'Average', 60)" }]]
    }
  }]
}

resource "aws_cloudwatch_dashboard" "environment" {
  count = var.alarms.dashboard ? 1 : 0

  dashboard_name = var.name
  dashboard_body = jsonencode({ widgets = concat(local.alarm_widgets, local.graph_widgets, local.node_widgets) })
}
