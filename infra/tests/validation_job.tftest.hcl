# Values that must be refused, each by its own variable. A run tries several of them, because every run is a whole plan.

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

run "malformed" {
  command = plan

  variables {
    training_image_uri    = "123456789012.dkr.ecr.us-east-1.amazonaws.com/finetune:latest"
    instance_type         = "g5.xlarge"
    training_data_uri     = "https://example.com/corpus"
    validation_data_uri   = "https://example.com/held-out"
    model_data_uri        = "https://example.com/model"
    environment_variables = { "A-B" = "value" }
    metric_definitions    = [{ name = "validation:loss", regex = "loss=.*" }]
  }

  expect_failures = [
    var.training_image_uri,
    var.instance_type,
    var.training_data_uri,
    var.validation_data_uri,
    var.model_data_uri,
    var.environment_variables,
    var.metric_definitions,
  ]
}

run "incomplete" {
  command = plan

  variables {
    training_image_uri = "123456789012.dkr.ecr.us-east-1.amazonaws.com/finetune"
    instance_type      = "ml.g5"
    training_data_uri  = ""
    entrypoint         = [""]
    metric_definitions = [{ name = "", regex = "(.*)" }]
  }

  expect_failures = [
    var.training_image_uri,
    var.instance_type,
    var.training_data_uri,
    var.entrypoint,
    var.metric_definitions,
  ]
}

run "too_little" {
  command = plan

  variables {
    instance_count      = 0
    volume_size_gb      = 0
    max_runtime_seconds = 59
    max_retry_attempts  = 0
    max_run_cost_usd    = 0
  }

  expect_failures = [
    var.instance_count,
    var.volume_size_gb,
    var.max_runtime_seconds,
    var.max_retry_attempts,
    var.max_run_cost_usd,
  ]
}

run "too_much" {
  command = plan

  variables {
    instance_count        = 65
    volume_size_gb        = 16385
    max_runtime_seconds   = 2419201
    max_retry_attempts    = 31
    hyperparameters       = { for i in range(98) : "name-${i}" => "value" }
    environment_variables = { for i in range(95) : "NAME_${i}" => "value" }
  }

  expect_failures = [
    var.instance_count,
    var.volume_size_gb,
    var.max_runtime_seconds,
    var.max_retry_attempts,
    var.hyperparameters,
    var.environment_variables,
  ]
}

run "too_long" {
  command = plan

  variables {
    training_image_uri    = "${join("", [for i in range(26) : "0123456789"])}:1.0"
    entrypoint            = [join("", [for i in range(26) : "0123456789"])]
    hyperparameters       = { text = join("", [for i in range(251) : "0123456789"]) }
    environment_variables = { TEXT = join("", [for i in range(52) : "0123456789"]) }
  }

  expect_failures = [
    var.training_image_uri,
    var.entrypoint,
    var.hyperparameters,
    var.environment_variables,
  ]
}

run "halves" {
  command = plan

  variables {
    instance_count      = 1.5
    volume_size_gb      = 10.5
    max_runtime_seconds = 3600.5
  }

  expect_failures = [
    var.instance_count,
    var.volume_size_gb,
    var.max_runtime_seconds,
  ]
}

run "contradictions_on_spot" {
  command = plan

  variables {
    checkpoint_interval_seconds = 0
    max_wait_seconds            = 3599
    training_data_kms_key_arn   = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    final_metric                = { name = "accuracy" }
  }

  expect_failures = [
    var.checkpoint_interval_seconds,
    var.max_wait_seconds,
    var.training_data_kms_key_arn,
    var.final_metric,
  ]
}

run "volume_key_without_a_volume" {
  command = plan

  variables {
    volume_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    instance_fallbacks = [{ instance_type = "ml.g6.xlarge" }]
  }

  expect_failures = [var.volume_kms_key_arn]
}

run "contradictions_on_demand" {
  command = plan

  variables {
    use_spot_instances          = false
    checkpoint_interval_seconds = 3600
    max_wait_seconds            = 7200
    final_metric                = { name = "validation:loss", min = 2, max = 1 }
  }

  expect_failures = [
    var.checkpoint_interval_seconds,
    var.max_wait_seconds,
    var.final_metric,
  ]
}

run "malformed_fallbacks" {
  command = plan

  variables {
    max_usd_per_node_hour = 0
    instance_fallbacks    = [{ instance_type = "g5.2xlarge" }]
  }

  expect_failures = [
    var.max_usd_per_node_hour,
    var.instance_fallbacks,
  ]
}

run "fallbacks_of_half_a_node" {
  command = plan

  variables {
    instance_fallbacks = [{ instance_type = "ml.g5.2xlarge", instance_count = 1.5 }]
  }

  expect_failures = [var.instance_fallbacks]
}

run "fallbacks_that_repeats_the_job" {
  command = plan

  variables {
    instance_fallbacks = [{ instance_type = "ml.g5.2xlarge" }, { instance_type = "ml.g5.xlarge", instance_count = 1 }]
  }

  expect_failures = [var.instance_fallbacks]
}

run "fallbacks_without_a_price" {
  command = plan

  variables {
    instance_fallbacks = [{ instance_type = "ml.g5.2xlarge", max_usd_per_node_hour = 0 }]
  }

  expect_failures = [var.instance_fallbacks]
}

run "fallbacks_that_waits_on_demand" {
  command = plan

  variables {
    instance_fallbacks = [{ instance_type = "ml.g5.2xlarge", use_spot_instances = false, max_wait_seconds = 7200 }]
  }

  expect_failures = [var.instance_fallbacks]
}

run "fallbacks_that_waits_less_than_it_runs" {
  command = plan

  variables {
    instance_fallbacks = [{ instance_type = "ml.g5.2xlarge", max_wait_seconds = 3599 }]
  }

  expect_failures = [var.instance_fallbacks]
}

run "fallbacks_on_spot_without_checkpoints" {
  command = plan

  variables {
    use_spot_instances          = false
    checkpoint_interval_seconds = 0
    instance_fallbacks          = [{ instance_type = "ml.g5.2xlarge", use_spot_instances = true }]
  }

  expect_failures = [var.instance_fallbacks]
}

run "metric_named_twice_and_data_by_absolute_path" {
  command = plan

  variables {
    metric_definitions = [{ name = "loss", regex = "a=(.*)" }, { name = "loss", regex = "b=(.*)" }]
    training_data_uri  = "/etc"
  }

  expect_failures = [
    var.metric_definitions,
    var.training_data_uri,
  ]
}

run "automatic_interval_with_nothing_to_go_by" {
  command = plan

  variables {
    checkpoint_interval_seconds = null
    checkpoint_size_gb          = 0
  }

  expect_failures = [
    var.checkpoint_size_gb,
  ]
}

run "volume_key_by_alias_and_data_outside_the_repository" {
  command = plan

  variables {
    instance_type      = "ml.m5.xlarge"
    volume_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:alias/key"
    training_data_uri  = "docs/../../secrets"
    model_data_uri     = "../models/secret"
  }

  expect_failures = [
    var.volume_kms_key_arn,
    var.training_data_uri,
    var.model_data_uri,
  ]
}

run "lines_and_slashes" {
  command = plan

  variables {
    entrypoint            = ["sh", "-c\nexit"]
    hyperparameters       = { note = "first line\nsecond line" }
    environment_variables = { PIPELINE_CODE_SHA256 = "none" }
    training_data_uri     = "s3://corpus//english/"
    validation_data_uri   = "s3://corpus/english//"
    model_data_uri        = "s3://corpus/$${aws:username}/"
    tags                  = { Project = "a", project = "b" }
  }

  expect_failures = [
    var.entrypoint,
    var.hyperparameters,
    var.environment_variables,
    var.training_data_uri,
    var.validation_data_uri,
    var.model_data_uri,
    var.tags,
  ]
}

run "a_tag_of_the_module_in_another_case" {
  command = plan

  variables {
    tags = { Team = "mlops" }
  }

  expect_failures = [var.tags]
}

run "prefixes_are_folders" {
  command = plan

  variables {
    training_data_uri   = "s3://corpus/patients"
    validation_data_uri = "s3://corpus/patients/"
    model_data_uri      = "s3://models"
  }

  assert {
    condition     = local.data_locations == [{ bucket = "corpus", prefix = "patients/" }, { bucket = "corpus", prefix = "patients/" }, { bucket = "models", prefix = "" }]
    error_message = "A prefix must be a folder, and a bucket its whole content."
  }
}

# Terraform's numbers have no bounds; what reads them does.
run "huge" {
  command = plan

  variables {
    max_run_cost_usd                   = 1e308
    max_usd_per_node_hour              = 1e308
    deadline_hours                     = 1e308
    expected_runtime_seconds           = 1e15
    max_wait_seconds                   = 1e15
    checkpoint_size_gb                 = 1e308
    noncurrent_version_expiration_days = 1e15
    run_expiration_days                = 1e15
    final_metric                       = { name = "validation:loss", max = 1e400 }
    teams                              = { research = { usd_per_month = 1e308 } }
  }

  expect_failures = [
    var.max_run_cost_usd,
    var.max_usd_per_node_hour,
    var.deadline_hours,
    var.expected_runtime_seconds,
    var.max_wait_seconds,
    var.checkpoint_size_gb,
    var.noncurrent_version_expiration_days,
    var.run_expiration_days,
    var.final_metric,
    var.teams,
  ]
}
