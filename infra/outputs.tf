output "sagemaker_execution_role_arn" {
  description = "ARN of the role that training jobs run as."
  value       = module.execution_role.role_arn
}

output "artifact_bucket_name" {
  description = "Bucket that holds programs, data, checkpoints, models and run records."
  value       = module.storage.bucket_name
}

output "training_job_name" {
  description = "Name of the training job where Terraform submits it: the one that describe-training-job takes. Otherwise the base name; each run of the pipeline adds a hyphen and its run id (20 characters)."
  value       = local.terraform_submits ? module.training_job[0].job_name : local.name
}

output "schema_version" {
  description = "Version of the variables and outputs. Raised when one is removed or changes its meaning."
  value       = 1
}

output "ceiling_usd" {
  description = "The most that a run of the job can cost in US dollars, by the price tables in infra/. Null: a price is unknown, and Terraform refuses to submit the job."
  value       = local.ceiling_usd
}

output "checkpoints_uri" {
  description = "Where the checkpoints of the job are that Terraform submits; null where it submits none."
  value       = local.terraform_submits ? "s3://${module.storage.bucket_name}/${local.artifact_prefix}/${module.training_job[0].run_id}/checkpoints/" : null
}

output "training_job" {
  description = "All that a submission needs to know about the training job, and whether it may be submitted (enabled)."
  value = {
    enabled            = var.enable_training_job
    name               = local.name
    region             = var.region
    environment        = var.environment
    team               = var.team
    training_image_uri = var.training_image_uri
    source_dir         = var.training_source_dir
    entrypoint         = var.entrypoint
    role_arn           = module.execution_role.role_arn

    instance_type         = var.instance_type
    instance_count        = var.instance_count
    max_usd_per_node_hour = var.max_usd_per_node_hour
    instance_fallbacks    = local.instance_fallbacks
    volume_size_gb        = var.volume_size_gb
    volume_kms_key_arn    = local.job_volume_key

    max_runtime_seconds         = var.max_runtime_seconds
    max_wait_seconds            = local.max_wait_seconds
    use_spot_instances          = var.use_spot_instances
    max_retry_attempts          = var.max_retry_attempts
    enable_infra_check          = var.enable_infra_check
    checkpoint_interval_seconds = var.checkpoint_interval_seconds
    checkpoint_size_gb          = var.checkpoint_size_gb
    deadline_hours              = var.deadline_hours
    expected_runtime_seconds    = var.expected_runtime_seconds

    hyperparameters       = var.hyperparameters
    environment_variables = var.environment_variables
    secret_environment    = length(var.secret_environment) == 0 ? null : var.secret_environment
    training_data_uri     = var.training_data_uri
    validation_data_uri   = var.validation_data_uri
    model_data_uri        = var.model_data_uri
    metric_definitions    = var.metric_definitions
    final_metric          = var.final_metric

    artifact_bucket = module.storage.bucket_name
    artifact_prefix = local.artifact_prefix
    kms_key_arn     = module.storage.kms_key_arn
    log_group_name  = local.training_log_group_name

    subnet_ids                      = module.network.subnet_ids
    security_group_ids              = [module.network.security_group_id]
    enable_network_isolation        = var.enable_network_isolation
    encrypt_inter_container_traffic = var.encrypt_inter_container_traffic

    tracking = {
      mlflow_servers = var.mlflow_servers
      register_model = var.register_model
    }

    alarms = one(module.observability[*].run_alarms)

    tags = local.tags
  }
}

output "cost_policy" {
  description = "Whose money a run spends, the most that one run may cost (US dollars), the team's own limits (null where no team has any), who may approve, what signs approvals, and what rules are asked."
  value = {
    max_run_cost_usd    = var.max_run_cost_usd
    team                = var.team
    team_limits         = lookup(var.teams, var.team, null)
    allow_self_approval = var.allow_self_approval
    auto_approve_usd    = var.auto_approve_usd
    approval_key_arn    = var.approval_key_arn
    policy_command      = var.policy_command
  }
}

output "interface_endpoint_network_interfaces" {
  description = "Number of interface endpoints times zones: AWS bills each of them by the hour, job or no job."
  value       = module.network.interface_endpoint_network_interfaces
}

output "keeper_minutes" {
  description = "Minutes that AWS bills of the keeper's builds in an hour: without open runs (idle), expected with one, and at most. Null: there is no keeper."
  value       = local.keeper_minutes
}
