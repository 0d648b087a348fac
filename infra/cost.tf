# The most that one run of the job can cost, from the same data and by the same formulas as the pipeline's cost gate
# (docs/cost-model.md). A test compares the two. Three things differ: AWS's own price list is not asked, storage of the uploaded
# program and data is not counted, and fallbacks are not priced, because Terraform tries none.
locals {
  instance_data = jsondecode(file("${path.module}/instance-types.json"))
  price_data    = jsondecode(file("${path.module}/prices.json"))

  prices      = { for input in local.price_data.inputs : input.name => input.value }
  usd_per_gb  = local.prices["S3 storage"]
  node_prices = { for instance in local.instance_data.instance_types : instance.type => instance.usd_per_hour }

  # Null is unknown, and is never taken as zero.
  usd_per_node_hour = contains(local.price_data.regions, var.region) ? try(local.node_prices[var.instance_type], null) : null

  hours_per_month = 730
  days_per_month  = 30.4
  horizon_days    = 30

  # A stop leaves the program 120 seconds, and 60 are assumed for the upload of what it left. Both are billed.
  stop_seconds    = 120 + 60
  longest_seconds = var.max_runtime_seconds + local.stop_seconds
  longest_hours   = local.longest_seconds / 3600
  existing_hours  = (coalesce(local.max_wait_seconds, var.max_runtime_seconds) + local.stop_seconds) / 3600

  interval_seconds  = try(tonumber(var.hyperparameters["checkpoint_interval_seconds"]) > 0 ? tonumber(var.hyperparameters["checkpoint_interval_seconds"]) : var.checkpoint_interval_seconds, var.checkpoint_interval_seconds)
  kept_checkpoints  = can(regex("^[0-9]+$", var.hyperparameters["keep_checkpoints"])) ? tonumber(var.hyperparameters["keep_checkpoints"]) : 3
  saved_checkpoints = try(local.interval_seconds > 0 ? ceil(local.longest_seconds / local.interval_seconds) : 0, 0)
  kept_days         = var.run_expiration_days == null ? local.horizon_days : var.run_expiration_days + var.noncurrent_version_expiration_days

  # Metrics and alarm of a run are the pipeline's, which publishes them while it follows the run.
  watched = var.alarms != null && var.training_job_submitter == "pipeline"
  billed = {
    metric_alarms    = sum(concat([0], module.observability[*].billed.metric_alarms)) + (local.watched && try(max(var.alarms.heartbeat_minutes, var.alarms.detached_hours), 0) > 0 ? 1 : 0)
    composite_alarms = sum(concat([0], module.observability[*].billed.composite_alarms))
    dashboards       = sum(concat([0], module.observability[*].billed.dashboards))
    metrics          = local.watched ? local.prices["metrics of a run"] : 0
  }

  # Minutes of the keeper's builds in an hour, each rounded up as AWS bills it. One build runs at a time: while a run is open, each lasts
  # watch_minutes at least.
  keeper_minutes = var.keeper == null ? null : {
    idle     = min(60, 60 / var.keeper.schedule_minutes * ceil(local.prices["build of the keeper"]))
    expected = min(60, 60 / var.keeper.schedule_minutes * ceil(local.prices["build of the keeper"] + var.keeper.watch_minutes))
    ceiling  = 60 * (1 + 1 / var.keeper.watch_minutes)
  }

  cost_lines = local.usd_per_node_hour == null ? null : {
    nodes               = local.usd_per_node_hour * local.longest_hours * var.instance_count
    volumes             = contains(local.local_nvme_types, var.instance_type) ? 0 : local.prices["training volume"] * var.volume_size_gb * var.instance_count * local.longest_hours / local.hours_per_month
    removed_checkpoints = local.usd_per_gb * var.checkpoint_size_gb * max(0, local.saved_checkpoints - local.kept_checkpoints) * var.noncurrent_version_expiration_days / local.days_per_month
    kept_checkpoints    = var.checkpoint_size_gb == 0 ? 0 : local.usd_per_gb * var.checkpoint_size_gb * (1 + min(local.kept_checkpoints, local.saved_checkpoints)) * local.kept_days / local.days_per_month
    logs                = local.prices["log ingestion"] * var.instance_count * local.longest_hours * local.prices["log volume"]
    interface_endpoints = local.prices["interface endpoint"] * module.network.interface_endpoint_network_interfaces * local.existing_hours
    keys                = local.prices["KMS key"] * ((var.kms_key_arn == null ? 1 : 0) + length(module.observability)) * local.existing_hours / local.hours_per_month
    metric_alarms       = local.prices["metric alarm"] * local.billed.metric_alarms * local.existing_hours / local.hours_per_month
    composite_alarms    = local.prices["composite alarm"] * local.billed.composite_alarms * local.existing_hours / local.hours_per_month
    dashboards          = local.prices["dashboard"] * local.billed.dashboards * local.existing_hours / local.hours_per_month
    keeper              = local.prices["build minute"] * try(local.keeper_minutes.ceiling, 0) * local.existing_hours
    metrics             = local.prices["custom metric"] * local.billed.metrics * local.existing_hours / local.hours_per_month
  }

  # Rounded up to a cent; the tenth of a millionth keeps what is exact from being rounded up once more.
  ceiling_usd = local.cost_lines == null ? null : ceil(sum(values(local.cost_lines)) * 100 - 0.0000001) / 100
}
