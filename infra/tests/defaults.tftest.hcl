# What the module does when it is told no more than it has to be told.

variables {
  region             = "us-east-1"
  environment        = "test"
  team               = "research"
  training_image_uri = "123456789012.dkr.ecr.us-east-1.amazonaws.com/finetune:1.0"
  training_data_uri  = "docs"
  instance_type      = "ml.g5.xlarge"
  max_run_cost_usd   = 5

  # Set explicitly, so a terraform.tfvars next to the code cannot change what is tested.
  name_prefix          = "finetune"
  enable_training_job  = false
  allowed_account_ids  = []
  artifact_bucket_name = null
  use_spot_instances   = true
  max_runtime_seconds  = 3600
  max_wait_seconds     = null
  final_metric         = { name = "validation:loss" }
  hyperparameters      = {}

  checkpoint_interval_seconds = null
  checkpoint_size_gb          = 1
}

run "nothing_is_launched" {
  command = plan

  assert {
    condition     = output.training_job.enabled == false
    error_message = "A plain plan must not enable the training job."
  }

  assert {
    condition     = output.training_job.checkpoint_interval_seconds == null
    error_message = "The checkpoint interval must be left to the pipeline unless it is set."
  }

  assert {
    condition     = length(module.logs) == 0
    error_message = "The account's log group must not be taken over unasked."
  }

  assert {
    condition     = output.interface_endpoint_network_interfaces == 0
    error_message = "No interface endpoint may be billed unasked."
  }
}

run "names_are_known_before_anything_exists" {
  command = plan

  assert {
    condition     = output.training_job_name == "finetune-test" && output.training_job.name == "finetune-test"
    error_message = "The job's base name must be PREFIX-ENVIRONMENT."
  }

  assert {
    condition     = output.artifact_bucket_name == "finetune-test-${data.aws_caller_identity.current.account_id}-us-east-1"
    error_message = "The bucket must be named after prefix, environment, account and region."
  }

  assert {
    condition     = output.sagemaker_execution_role_arn == "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/finetune-test-execution"
    error_message = "The role's ARN must be known at plan time."
  }
}

run "spot_waits_twice_the_runtime" {
  command = plan

  assert {
    condition     = output.training_job.use_spot_instances && output.training_job.max_wait_seconds == 7200
    error_message = "Without max_wait_seconds a spot job must wait and run for at most twice its runtime."
  }
}

run "on_demand_has_no_waiting_time" {
  command = plan

  variables {
    use_spot_instances = false
  }

  assert {
    condition     = output.training_job.max_wait_seconds == null
    error_message = "SageMaker refuses a waiting time for an on-demand job."
  }
}

run "the_program_is_cut_off_from_the_network" {
  command = plan

  assert {
    condition     = output.training_job.enable_network_isolation
    error_message = "The training program must have no network but the other nodes unless somebody asks for it."
  }
}

run "a_model_and_held_out_data_are_asked_for_by_name" {
  command = plan

  assert {
    condition     = output.training_job.model_data_uri == null && output.training_job.validation_data_uri == null
    error_message = "A job must read nothing but training data and program unless somebody names more."
  }
}

run "a_model_in_s3_may_be_read" {
  command = plan

  variables {
    model_data_uri            = "s3://models-of-the-team/base/"
    training_data_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = output.training_job.model_data_uri == "s3://models-of-the-team/base/"
    error_message = "The job must know where its model is."
  }

  assert {
    condition     = local.data_locations == [{ bucket = "models-of-the-team", prefix = "base/" }]
    error_message = "Role and network must let the nodes read the model."
  }
}

run "nvme_types_get_no_volume_key" {
  command = plan

  assert {
    condition     = output.training_job.volume_kms_key_arn == null
    error_message = "SageMaker refuses a volume key for ml.g5.xlarge."
  }
}

run "other_types_get_the_artifacts_key" {
  command = plan

  variables {
    instance_type = "ml.m5.xlarge"
    kms_key_arn   = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = output.training_job.volume_kms_key_arn == "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    error_message = "The training volume must be encrypted with the artifacts' key where there is no other."
  }
}

run "a_fallback_takes_what_it_does_not_say_from_the_job" {
  command = plan

  variables {
    instance_count = 2
    kms_key_arn    = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    instance_fallbacks = [
      { instance_type = "ml.g6.xlarge", instance_count = 4, max_usd_per_node_hour = 1.2 },
      { instance_type = "ml.m5.xlarge", use_spot_instances = false },
    ]
  }

  assert {
    condition     = output.training_job.instance_fallbacks[0].instance_count == 4 && output.training_job.instance_fallbacks[0].use_spot_instances && output.training_job.instance_fallbacks[0].max_wait_seconds == 7200 && output.training_job.instance_fallbacks[0].max_usd_per_node_hour == 1.2
    error_message = "A node option on spot must wait as long as the job where it says nothing else."
  }

  assert {
    condition     = output.training_job.instance_fallbacks[1].instance_count == 2 && !output.training_job.instance_fallbacks[1].use_spot_instances && output.training_job.instance_fallbacks[1].max_wait_seconds == null
    error_message = "A node option on demand must have the job's nodes and no waiting time."
  }

  assert {
    condition     = output.training_job.volume_kms_key_arn == null && output.training_job.instance_fallbacks[0].volume_kms_key_arn == null && output.training_job.instance_fallbacks[1].volume_kms_key_arn == "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    error_message = "Each node option must have a volume key just where its nodes have volumes."
  }
}

run "money_is_named" {
  command = plan

  assert {
    condition     = output.cost_policy.max_run_cost_usd == 5 && output.cost_policy.team == "research"
    error_message = "The cost policy must carry the ceiling and the team."
  }

  assert {
    condition     = output.cost_policy.team_limits == null
    error_message = "Without teams, no team has limits."
  }

  assert {
    condition     = output.training_job.tags["team"] == "research" && output.training_job.tags["environment"] == "test"
    error_message = "The job must be tagged with team and environment."
  }
}

run "a_teams_limits_are_named" {
  command = plan

  variables {
    teams = {
      research = { instance_families = ["g5", "p4d"], max_nodes = 8, usd_per_month = 500 }
      vision   = {}
    }
  }

  assert {
    condition     = output.cost_policy.team_limits.usd_per_month == 500 && output.cost_policy.team_limits.max_nodes == 8 && output.cost_policy.team_limits.usd_per_run == null
    error_message = "The cost policy must carry the limits of the team that pays."
  }

  assert {
    condition     = output.cost_policy.team_limits.instance_families == tolist(["g5", "p4d"])
    error_message = "The cost policy must carry the team's instance families."
  }
}
