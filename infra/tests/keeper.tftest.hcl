# The keeper, and that there is none unasked.

variables {
  region             = "us-east-1"
  environment        = "test"
  team               = "research"
  training_image_uri = "123456789012.dkr.ecr.us-east-1.amazonaws.com/finetune:1.0"
  training_data_uri  = "docs"
  instance_type      = "ml.g5.xlarge"
  max_run_cost_usd   = 5

  # Set explicitly, so a terraform.tfvars next to the code cannot change what is tested.
  name_prefix         = "finetune"
  allowed_account_ids = []
  use_spot_instances  = true
  max_runtime_seconds = 3600
  max_wait_seconds    = null
  vpc_id              = null
  private_subnet_ids  = []
  s3_prefix_list_id   = null
}

run "none_unasked" {
  command = plan

  assert {
    condition     = length(module.keeper) == 0
    error_message = "Without keeper, nothing of it may exist or be billed."
  }
}

run "defaults" {
  command = plan

  variables {
    keeper = { repository = "acme/training" }
  }

  assert {
    condition     = module.keeper[0].commands == ["./build.sh --target=Watch --environment=test --for=10m || [ $? -eq 75 ]"]
    error_message = "The build is one call of the pipeline, and a run that stays open is no failure."
  }

  assert {
    condition     = module.keeper[0].project.concurrent_build_limit == 1 && module.keeper[0].project.build_timeout == 30 && module.keeper[0].project.environment[0].compute_type == "BUILD_GENERAL1_SMALL" && module.keeper[0].project.environment[0].privileged_mode != true
    error_message = "One small build at a time, which AWS ends if it hangs."
  }

  assert {
    condition     = module.keeper[0].project.service_role == "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/finetune-test-keeper" && alltrue([for target in module.keeper[0].targets : target.role_arn == "${module.keeper[0].project.service_role}-events" && target.input == "{}" && target.retry_policy[0].maximum_retry_attempts == 0])
    error_message = "It has the roles of infra/access; an event starts it without overrides, and once."
  }

  assert {
    condition     = module.keeper[0].rules.clock.schedule_expression == "rate(15 minutes)" && jsondecode(module.keeper[0].rules.job.event_pattern).detail.RoleArn == [output.sagemaker_execution_role_arn]
    error_message = "It is started by the clock and by this environment's jobs only."
  }
}

run "chosen" {
  command = plan

  variables {
    keeper = { repository = "acme/training", revision = "v1", connection_arn = "arn:aws:codeconnections:us-east-1:123456789012:connection/1-2", github_token = "ssm:/acme/github-token", schedule_minutes = 1, watch_minutes = 5 }
  }

  assert {
    condition     = module.keeper[0].rules.clock.schedule_expression == "rate(1 minute)" && module.keeper[0].project.source_version == "v1" && module.keeper[0].project.source[0].auth[0].type == "CODECONNECTIONS"
    error_message = "Schedule, revision and connection are those that were chosen."
  }

  assert {
    condition     = [for variable in module.keeper[0].project.environment[0].environment_variable : [variable.name, variable.type, variable.value]] == [["GITHUB_TOKEN", "PARAMETER_STORE", "/acme/github-token"]]
    error_message = "The project has the name of the token's parameter only."
  }
}

run "a_token_in_the_place_of_its_name" {
  command = plan

  variables {
    keeper = { repository = "acme/training", github_token = "not-a-name" }
  }

  expect_failures = [var.keeper]
}

run "refused" {
  command = plan

  variables {
    keeper = { repository = "https://github.com/acme/training", connection_arn = "arn:x", schedule_minutes = 0, log_retention_days = 2, image = "ghcr.io/acme/image" }
  }

  expect_failures = [var.keeper]
}
