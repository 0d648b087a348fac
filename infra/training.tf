# The job itself, where Terraform submits it. Under the pipeline nothing here exists.
locals {
  terraform_submits = var.enable_training_job && var.training_job_submitter == "terraform"
  max_wait_seconds  = var.use_spot_instances ? max(coalesce(var.max_wait_seconds, 2 * var.max_runtime_seconds), var.max_runtime_seconds) : null
  team_limits       = lookup(var.teams, var.team, null)

  channels = { for name, uri in { train = var.training_data_uri, validation = var.validation_data_uri, model = var.model_data_uri } : name => uri if uri != null }

  # What the pipeline does and Terraform alone cannot: each would be accepted and ignored.
  pipeline_only = [for name, is_set in {
    "checkpoint_interval_seconds = null (automatic)" = local.interval_seconds == null
    instance_fallbacks                               = length(var.instance_fallbacks) > 0
    deadline_hours                                   = var.deadline_hours != null
    "usd_per_month of the team"                      = try(local.team_limits.usd_per_month, null) != null
    "gpu_hours_per_month of the team"                = try(local.team_limits.gpu_hours_per_month, null) != null
  } : name if is_set]

  over_limits = compact([
    try(local.ceiling_usd > var.max_run_cost_usd, false) ? "its ceiling of $${local.ceiling_usd} is over max_run_cost_usd, $${var.max_run_cost_usd}" : null,
    try(local.ceiling_usd > local.team_limits.usd_per_run, false) ? "its ceiling of $${local.ceiling_usd} is over the team's usd_per_run, $${local.team_limits.usd_per_run}" : null,
    try(local.usd_per_node_hour > var.max_usd_per_node_hour, false) ? "a node costs $${local.usd_per_node_hour} an hour, over max_usd_per_node_hour, $${var.max_usd_per_node_hour}" : null,
    try(var.instance_count > local.team_limits.max_nodes, false) ? "it has ${var.instance_count} nodes, over the team's max_nodes, ${local.team_limits.max_nodes}" : null,
    try(length(local.team_limits.instance_families) > 0 && !contains(local.team_limits.instance_families, split(".", var.instance_type)[1]), false) ? "${var.instance_type} is of no family that the team may use" : null,
  ])
}

module "training_job" {
  source = "./modules/training_job"
  count  = local.terraform_submits ? 1 : 0

  name            = local.name
  attempt         = var.training_job_attempt
  repository_root = abspath("${path.module}/..")
  role_arn        = module.execution_role.role_arn

  training_image_uri    = var.training_image_uri
  source_dir            = var.training_source_dir
  entrypoint            = var.entrypoint
  channels              = local.channels
  hyperparameters       = var.hyperparameters
  environment_variables = var.environment_variables
  secret_environment    = var.secret_environment
  metric_definitions    = var.metric_definitions
  checkpoint_interval   = local.interval_seconds

  instance_type      = var.instance_type
  instance_count     = var.instance_count
  volume_size_gb     = var.volume_size_gb
  volume_kms_key_arn = local.job_volume_key

  use_spot_instances  = var.use_spot_instances
  max_runtime_seconds = var.max_runtime_seconds
  max_wait_seconds    = local.max_wait_seconds
  max_retry_attempts  = var.max_retry_attempts
  enable_infra_check  = var.enable_infra_check

  artifact_bucket                 = module.storage.bucket_name
  artifact_prefix                 = local.artifact_prefix
  kms_key_arn                     = module.storage.kms_key_arn
  subnet_ids                      = module.network.subnet_ids
  security_group_ids              = [module.network.security_group_id]
  enable_network_isolation        = var.enable_network_isolation
  encrypt_inter_container_traffic = var.encrypt_inter_container_traffic
  tags                            = local.tags

  price_problem = local.ceiling_usd == null ? "The price of ${var.instance_type} in ${var.region} is unknown, so the job is not created. Choose an instance type and a region with a known price, or let the pipeline submit the job: it reads AWS's price list." : null
  limit_problem = length(local.over_limits) > 0 ? "The job is not created: ${join("; ", local.over_limits)}." : null
  usage_problem = length(local.pipeline_only) > 0 ? "Only the pipeline keeps to ${join(", ", local.pipeline_only)}. Unset it, or let the pipeline submit the job: ./build.sh --target=Launch." : null

  # A job starts at once, so all that it needs is there before.
  depends_on = [module.execution_role, module.network, module.storage, module.logs]
}
