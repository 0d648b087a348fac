locals {
  interval = var.checkpoint_interval == null ? 0 : var.checkpoint_interval

  # As the pipeline sets them, so the program sees the same under both.
  hyperparameters = merge(local.interval > 0 ? { checkpoint_interval_seconds = tostring(local.interval) } : {}, var.hyperparameters)
  environment = merge(var.environment_variables, { for name, reference in var.secret_environment : "PIPELINE_SECRET_${name}" => reference }, {
    PIPELINE_RUN_ID = local.run_id
    CHECKPOINT_INTERVAL_REASON = try(tonumber(var.hyperparameters["checkpoint_interval_seconds"]) > 0, false) ? (
      "hyperparameters set checkpoint_interval_seconds to ${local.interval}, and hyperparameters take precedence."
      ) : local.interval > 0 ? (
      "checkpoint_interval_seconds is ${local.interval}, as configured."
    ) : "checkpoint_interval_seconds is 0: no checkpoints at intervals."
  })

  # All that decides what the job computes and what it costs. Ids that only apply knows are not in it: a new subnet is no new job.
  # What was added to infra/ later is in it only where it is set, so a newer infra/ alone is no new job.
  settings = merge({
    name                            = var.name
    training_image_uri              = var.training_image_uri
    entrypoint                      = var.entrypoint
    channels                        = { for name, channel in local.channels : name => channel.uri }
    hyperparameters                 = local.hyperparameters
    environment_variables           = var.environment_variables
    metric_definitions              = var.metric_definitions
    instance_type                   = var.instance_type
    instance_count                  = var.instance_count
    volume_size_gb                  = var.volume_size_gb
    use_spot_instances              = var.use_spot_instances
    max_runtime_seconds             = var.max_runtime_seconds
    max_wait_seconds                = var.max_wait_seconds
    enable_network_isolation        = var.enable_network_isolation
    encrypt_inter_container_traffic = var.encrypt_inter_container_traffic
    },
    var.max_retry_attempts == null ? {} : { max_retry_attempts = var.max_retry_attempts },
    var.enable_infra_check ? { enable_infra_check = true } : {},
    length(var.secret_environment) == 0 ? {} : { secret_environment = var.secret_environment },
  )

  # NAME has at most 33 characters and a job's name 63, so 16 hexadecimal digits and an attempt fit.
  run_id   = substr(sha256(jsonencode(local.settings)), 0, 16)
  job_name = "${var.name}-${local.run_id}${var.attempt == 1 ? "" : "-a${var.attempt}"}"
  run_path = "s3://${var.artifact_bucket}/${var.artifact_prefix}/${local.run_id}"

  longest_seconds = coalesce(var.max_wait_seconds, var.max_runtime_seconds)
}

resource "aws_sagemaker_training_job" "this" {
  training_job_name = local.job_name
  role_arn          = var.role_arn

  hyper_parameters = length(local.hyperparameters) == 0 ? null : local.hyperparameters
  environment      = local.environment

  enable_managed_spot_training              = var.use_spot_instances
  enable_network_isolation                  = var.enable_network_isolation
  enable_inter_container_traffic_encryption = var.encrypt_inter_container_traffic

  algorithm_specification {
    training_image       = var.training_image_uri
    training_input_mode  = "File"
    container_entrypoint = length(var.entrypoint) == 0 ? null : var.entrypoint

    dynamic "metric_definitions" {
      for_each = var.metric_definitions

      content {
        name  = metric_definitions.value.name
        regex = metric_definitions.value.regex
      }
    }
  }

  dynamic "input_data_config" {
    for_each = [for name in ["train", "validation", "model", "code"] : merge({ name = name }, local.channels[name]) if contains(keys(local.channels), name)]

    content {
      channel_name = input_data_config.value.name
      input_mode   = "File"

      data_source {
        s3_data_source {
          s3_data_type              = "S3Prefix"
          s3_uri                    = input_data_config.value.uri
          s3_data_distribution_type = "FullyReplicated"
        }
      }
    }
  }

  output_data_config {
    s3_output_path = "${local.run_path}/output"
    kms_key_id     = var.kms_key_arn
  }

  checkpoint_config {
    s3_uri     = "${local.run_path}/checkpoints/"
    local_path = "/opt/ml/checkpoints"
  }

  resource_config {
    instance_type     = var.instance_type
    instance_count    = var.instance_count
    volume_size_in_gb = var.volume_size_gb
    volume_kms_key_id = var.volume_kms_key_arn
  }

  stopping_condition {
    max_runtime_in_seconds   = var.max_runtime_seconds
    max_wait_time_in_seconds = var.max_wait_seconds
  }

  dynamic "retry_strategy" {
    for_each = var.max_retry_attempts == null ? [] : [var.max_retry_attempts]

    content {
      maximum_retry_attempts = retry_strategy.value
    }
  }

  dynamic "infra_check_config" {
    for_each = var.enable_infra_check ? [true] : []

    content {
      enable_infra_check = true
    }
  }

  vpc_config {
    subnets            = var.subnet_ids
    security_group_ids = var.security_group_ids
  }

  tags = var.tags

  # The provider waits until the job has ended. Its own limit of 45 minutes would leave a longer job running and out of the state.
  timeouts {
    create = "${local.longest_seconds + 3600}s"
    delete = "30m"
  }

  lifecycle {
    precondition {
      condition     = alltrue([for files in values(local.files) : length(files) > 0])
      error_message = "There is no file to upload in ${join(", ", [for name, files in local.files : local.relative[name] if length(files) == 0])}. Name a folder that holds files, or put the data into S3."
    }

    # A job that has run is not run again because the network or a key around it was replaced.
    ignore_changes = [vpc_config, output_data_config[0].kms_key_id, resource_config[0].volume_kms_key_id]

    precondition {
      condition     = var.price_problem == null
      error_message = coalesce(var.price_problem, "-")
    }

    precondition {
      condition     = var.limit_problem == null
      error_message = coalesce(var.limit_problem, "-")
    }

    precondition {
      condition     = var.usage_problem == null
      error_message = coalesce(var.usage_problem, "-")
    }
  }

  depends_on = [aws_s3_object.files]
}
