# Tracking settings that must be refused, each by its own variable.

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
  use_spot_instances  = true
  max_runtime_seconds = 3600
  max_wait_seconds    = null
  vpc_id              = null
  private_subnet_ids  = []
  s3_prefix_list_id   = null
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
    condition     = output.training_job.tracking.mlflow_servers[0].environment_prefix == "MLFLOW_TRACKING" && output.training_job.tracking.register_model.name == "llama-lora"
    error_message = "The output has to have the settings with their defaults."
  }
}

run "path" {
  command = plan
  variables {
    mlflow_servers = [{ uri = "https://mlflow.example/tracking", experiment = "team" }]
  }
  expect_failures = [var.mlflow_servers]
}

run "without_scheme" {
  command = plan
  variables {
    mlflow_servers = [{ uri = "mlflow.example:5000", experiment = "team" }]
  }
  expect_failures = [var.mlflow_servers]
}

run "other_scheme" {
  command = plan
  variables {
    mlflow_servers = [{ uri = "databricks://profile", experiment = "team" }]
  }
  expect_failures = [var.mlflow_servers]
}

run "other_arn" {
  command = plan
  variables {
    mlflow_servers = [{ uri = "arn:aws:sagemaker:eu-west-1:123456789012:training-job/team", experiment = "team" }]
  }
  expect_failures = [var.mlflow_servers]
}

run "no_experiment" {
  command = plan
  variables {
    mlflow_servers = [{ uri = "http://127.0.0.1:5000", experiment = " " }]
  }
  expect_failures = [var.mlflow_servers]
}

run "model_name" {
  command = plan
  variables {
    mlflow_servers = [{ uri = "http://127.0.0.1:5000", experiment = "team" }]
    register_model = { name = "a/b" }
  }
  expect_failures = [var.register_model]
}

run "no_server" {
  command = plan
  variables {
    register_model = { name = "llama-lora" }
  }
  expect_failures = [var.register_model]
}
