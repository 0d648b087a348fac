# Secrets, trackers and alarms: what a job gets of them, and what must be refused. A run has one bad value of each, because none
# of these variables looks at another's: a plan costs a third of a second, and takes all of them.

variables {
  region             = "us-east-1"
  environment        = "test"
  team               = "research"
  training_image_uri = "123456789012.dkr.ecr.us-east-1.amazonaws.com/finetune:1.0"
  training_data_uri  = "docs"
  instance_type      = "ml.g5.xlarge"
  max_run_cost_usd   = 5

  # Set explicitly, so a terraform.tfvars next to the code cannot change what is tested.
  allowed_account_ids = []
  teams               = {}
  use_spot_instances  = true
  max_runtime_seconds = 3600
  max_wait_seconds    = null
  vpc_id              = null
  private_subnet_ids  = []
  s3_prefix_list_id   = null

  enable_network_isolation = false
  interface_endpoints      = ["ssm", "secretsmanager"]
  entrypoint               = ["bash", "/opt/ml/input/data/code/entrypoint.sh"]
  environment_variables    = { LOG_LEVEL = "info" }
  secret_environment = {
    HF_TOKEN = "ssm:/team/hf-token"
    API_KEY  = "ssm:single"
    DB_LOGIN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:team/db-AbCdEf"
  }
}

run "complete" {
  command = plan

  variables {
    mlflow_servers = [
      { uri = "http://127.0.0.1:5000", experiment = "a/b" },
      { uri = "https://mlflow.example/", experiment = "team", environment_prefix = "TEAM_MLFLOW" },
      { uri = "arn:aws:sagemaker:eu-west-1:123456789012:mlflow-tracking-server/team", experiment = "team" },
      { uri = "arn:aws:sagemaker:eu-west-1:123456789012:mlflow-app/app-1", experiment = "team" },
    ]
    register_model = { name = "llama-lora" }
  }

  assert {
    condition     = output.training_job.secret_environment["HF_TOKEN"] == "ssm:/team/hf-token"
    error_message = "The submission gets the names of the secrets."
  }

  assert {
    condition     = output.interface_endpoint_network_interfaces == 6
    error_message = "The endpoints of the two services are counted, so the gate prices them."
  }

  assert {
    condition     = output.training_job.tracking.mlflow_servers[0].environment_prefix == "MLFLOW_TRACKING" && output.training_job.tracking.register_model.name == "llama-lora"
    error_message = "The output has to have the settings with their defaults."
  }
}

run "email_without_a_host__behind_network_isolation__path" {
  command = plan

  variables {
    alarms = { emails = ["training"] }

    enable_network_isolation = true

    mlflow_servers = [{ uri = "https://mlflow.example/tracking", experiment = "team" }]
  }

  expect_failures = [var.alarms, var.secret_environment, var.mlflow_servers]
}

run "email_with_a_name__without_a_way_to_the_parameters__without_scheme" {
  command = plan

  variables {
    alarms = { emails = ["Training <training@example.com>"] }

    interface_endpoints = ["secretsmanager"]

    mlflow_servers = [{ uri = "mlflow.example:5000", experiment = "team" }]
  }

  expect_failures = [var.alarms, var.secret_environment, var.mlflow_servers]
}

run "webhook_in_clear_text__that_nothing_reads__other_scheme" {
  command = plan

  variables {
    alarms = { webhook_url = "http://hooks.example.com/training" }

    entrypoint = ["python3", "train.py"]

    mlflow_servers = [{ uri = "databricks://profile", experiment = "team" }]
  }

  expect_failures = [var.alarms, var.secret_environment, var.mlflow_servers]
}

run "webhook_without_scheme__with_a_name_of_sagemaker__other_arn" {
  command = plan

  variables {
    alarms = { webhook_url = "hooks.example.com/training" }

    secret_environment = { SM_TOKEN = "ssm:single" }

    mlflow_servers = [{ uri = "arn:aws:sagemaker:eu-west-1:123456789012:training-job/team", experiment = "team" }]
  }

  expect_failures = [var.alarms, var.secret_environment, var.mlflow_servers]
}

run "webhook_with_credentials__named_twice__no_experiment" {
  command = plan

  variables {
    alarms = { webhook_url = "https://user:word@hooks.example.com/training" }

    secret_environment = { LOG_LEVEL = "ssm:single" }

    mlflow_servers = [{ uri = "http://127.0.0.1:5000", experiment = " " }]
  }

  expect_failures = [var.alarms, var.secret_environment, var.mlflow_servers]
}

run "webhook_with_a_query__given_as_a_value__model_name" {
  command = plan

  variables {
    alarms = { webhook_url = "https://hooks.example.com/training?token=x" }

    secret_environment = { HF_TOKEN = "abc" }

    mlflow_servers = [{ uri = "http://127.0.0.1:5000", experiment = "team" }]
    register_model = { name = "a/b" }
  }

  expect_failures = [var.alarms, var.secret_environment, var.register_model]
}

run "other_state__of_another_region__no_server" {
  command = plan

  variables {
    alarms = { job_states = ["InProgress"] }

    secret_environment = { HF_TOKEN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:token-AbCdEf" }

    register_model = { name = "llama-lora" }
  }

  expect_failures = [var.alarms, var.secret_environment, var.register_model]
}

run "negative_threshold__with_half_an_arn" {
  command = plan

  variables {
    alarms = { elapsed_percent = -1 }

    secret_environment = { HF_TOKEN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:token" }
  }

  expect_failures = [var.alarms, var.secret_environment]
}

run "spend_over_the_whole__a_key_without_secrets" {
  command = plan

  variables {
    alarms = { spend_percent = 101 }

    secret_environment = {}
    secret_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  expect_failures = [var.alarms, var.secret_kms_key_arn]
}

run "part_of_a_percent__a_key_of_another_region" {
  command = plan

  variables {
    alarms = { spend_percent = 0.5 }

    secret_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  expect_failures = [var.alarms, var.secret_kms_key_arn]
}

run "part_of_an_interruption__a_key_for_approvals_that_is_none" {
  command = plan

  variables {
    alarms = { interruptions_per_hour = 0.5 }

    approval_key_arn = "arn:aws:kms:us-east-1:123456789012:secret/x"
  }

  expect_failures = [var.alarms, var.approval_key_arn]
}

run "a_heartbeat_as_often_as_it_beats" {
  command = plan

  variables {
    alarms = { heartbeat_minutes = 1 }
  }

  expect_failures = [var.alarms]
}

run "budgets_without_limits" {
  command = plan

  variables {
    alarms = { team_budgets = true }
    teams  = { research = { max_nodes = 4 } }
  }

  expect_failures = [var.alarms]
}
