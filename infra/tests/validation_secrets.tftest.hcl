# Secrets: what a job gets, and what must be refused.

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

  assert {
    condition     = output.training_job.secret_environment["HF_TOKEN"] == "ssm:/team/hf-token"
    error_message = "The submission gets the names of the secrets."
  }

  assert {
    condition     = output.interface_endpoint_network_interfaces == 6
    error_message = "The endpoints of the two services are counted, so the gate prices them."
  }
}

run "behind_network_isolation" {
  command = plan

  variables {
    enable_network_isolation = true
  }

  expect_failures = [var.secret_environment]
}

run "without_a_way_to_the_parameters" {
  command = plan

  variables {
    interface_endpoints = ["secretsmanager"]
  }

  expect_failures = [var.secret_environment]
}

run "that_nothing_reads" {
  command = plan

  variables {
    entrypoint = ["python3", "train.py"]
  }

  expect_failures = [var.secret_environment]
}

run "with_a_name_of_sagemaker" {
  command = plan

  variables {
    secret_environment = { SM_TOKEN = "ssm:single" }
  }

  expect_failures = [var.secret_environment]
}

run "named_twice" {
  command = plan

  variables {
    secret_environment = { LOG_LEVEL = "ssm:single" }
  }

  expect_failures = [var.secret_environment]
}

run "given_as_a_value" {
  command = plan

  variables {
    secret_environment = { HF_TOKEN = "abc" }
  }

  expect_failures = [var.secret_environment]
}

run "of_another_region" {
  command = plan

  variables {
    secret_environment = { HF_TOKEN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:token-AbCdEf" }
  }

  expect_failures = [var.secret_environment]
}

run "with_half_an_arn" {
  command = plan

  variables {
    secret_environment = { HF_TOKEN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:token" }
  }

  expect_failures = [var.secret_environment]
}

run "a_key_without_secrets" {
  command = plan

  variables {
    secret_environment = {}
    secret_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  expect_failures = [var.secret_kms_key_arn]
}

run "a_key_of_another_region" {
  command = plan

  variables {
    secret_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  expect_failures = [var.secret_kms_key_arn]
}
