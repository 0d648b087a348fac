output "run_alarms" {
  description = "What the pipeline needs to know to set the alarm of a run."
  value = {
    topic_arn         = local.topic_arn
    heartbeat_minutes = var.alarms.heartbeat_minutes
    detached_hours    = var.alarms.detached_hours
  }
}

output "billed" {
  description = "How many of what AWS bills by the month, the key apart."
  value = {
    metric_alarms    = length(local.alarms)
    composite_alarms = length(local.alarms) == 0 ? 0 : 1
    dashboards       = var.alarms.dashboard ? 1 : 0
  }
}
