# Values that must be refused, each by the variable that is wrong, before anything is asked of AWS.

variables {
  region             = "us-east-1"
  environment        = "test"
  team               = "research"
  training_image_uri = "123456789012.dkr.ecr.us-east-1.amazonaws.com/finetune:1.0"
  training_data_uri  = "docs"
  instance_type      = "ml.g5.xlarge"
  max_run_cost_usd   = 5

  # Said again, so that a terraform.tfvars beside the code cannot change what is tested.
  allowed_account_ids = []
  use_spot_instances  = true
  max_runtime_seconds = 3600
  max_wait_seconds    = null
  vpc_id              = null
  private_subnet_ids  = []
  s3_prefix_list_id   = null
}

run "image_with_latest" {
  command = plan

  variables {
    training_image_uri = "123456789012.dkr.ecr.us-east-1.amazonaws.com/finetune:latest"
  }

  expect_failures = [var.training_image_uri]
}

run "image_without_tag" {
  command = plan

  variables {
    training_image_uri = "123456789012.dkr.ecr.us-east-1.amazonaws.com/finetune"
  }

  expect_failures = [var.training_image_uri]
}

run "image_too_long" {
  command = plan

  variables {
    training_image_uri = "${join("", [for i in range(26) : "0123456789"])}:1.0"
  }

  expect_failures = [var.training_image_uri]
}

run "instance_type_of_ec2" {
  command = plan

  variables {
    instance_type = "g5.xlarge"
  }

  expect_failures = [var.instance_type]
}

run "instance_type_without_size" {
  command = plan

  variables {
    instance_type = "ml.g5"
  }

  expect_failures = [var.instance_type]
}

run "no_nodes" {
  command = plan

  variables {
    instance_count = 0
  }

  expect_failures = [var.instance_count]
}

run "too_many_nodes" {
  command = plan

  variables {
    instance_count = 65
  }

  expect_failures = [var.instance_count]
}

run "half_a_node" {
  command = plan

  variables {
    instance_count = 1.5
  }

  expect_failures = [var.instance_count]
}

run "no_volume" {
  command = plan

  variables {
    volume_size_gb = 0
  }

  expect_failures = [var.volume_size_gb]
}

run "volume_key_for_nvme" {
  command = plan

  variables {
    volume_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  expect_failures = [var.volume_kms_key_arn]
}

run "volume_key_by_alias" {
  command = plan

  variables {
    instance_type      = "ml.m5.xlarge"
    volume_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:alias/key"
  }

  expect_failures = [var.volume_kms_key_arn]
}

run "runtime_too_short" {
  command = plan

  variables {
    max_runtime_seconds         = 59
    checkpoint_interval_seconds = 30
  }

  expect_failures = [var.max_runtime_seconds]
}

run "runtime_over_28_days" {
  command = plan

  variables {
    max_runtime_seconds = 2419201
  }

  expect_failures = [var.max_runtime_seconds]
}

run "wait_less_than_runtime" {
  command = plan

  variables {
    max_runtime_seconds = 3600
    max_wait_seconds    = 3599
  }

  expect_failures = [var.max_wait_seconds]
}

run "wait_on_demand" {
  command = plan

  variables {
    use_spot_instances = false
    max_wait_seconds   = 7200
  }

  expect_failures = [var.max_wait_seconds]
}

run "spot_without_checkpoints" {
  command = plan

  variables {
    checkpoint_interval_seconds = 0
  }

  expect_failures = [var.checkpoint_interval_seconds]
}

run "checkpoint_after_the_end" {
  command = plan

  variables {
    checkpoint_interval_seconds = 3600
  }

  expect_failures = [var.checkpoint_interval_seconds]
}

run "too_many_hyperparameters" {
  command = plan

  variables {
    hyperparameters = { for i in range(101) : "name-${i}" => "value" }
  }

  expect_failures = [var.hyperparameters]
}

run "hyperparameter_too_long" {
  command = plan

  variables {
    hyperparameters = { text = join("", [for i in range(251) : "0123456789"]) }
  }

  expect_failures = [var.hyperparameters]
}

run "environment_variable_with_hyphen" {
  command = plan

  variables {
    environment_variables = { "A-B" = "value" }
  }

  expect_failures = [var.environment_variables]
}

run "environment_variable_too_long" {
  command = plan

  variables {
    environment_variables = { TEXT = join("", [for i in range(52) : "0123456789"]) }
  }

  expect_failures = [var.environment_variables]
}

run "data_outside_the_repository" {
  command = plan

  variables {
    training_data_uri = "../secrets"
  }

  expect_failures = [var.training_data_uri]
}

run "data_by_absolute_path" {
  command = plan

  variables {
    training_data_uri = "/etc"
  }

  expect_failures = [var.training_data_uri]
}

run "data_climbing_out" {
  command = plan

  variables {
    training_data_uri = "docs/../../secrets"
  }

  expect_failures = [var.training_data_uri]
}

run "data_over_http" {
  command = plan

  variables {
    training_data_uri = "https://example.com/corpus"
  }

  expect_failures = [var.training_data_uri]
}

run "data_key_without_s3" {
  command = plan

  variables {
    training_data_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  expect_failures = [var.training_data_kms_key_arn]
}

run "metric_without_group" {
  command = plan

  variables {
    metric_definitions = [{ name = "validation:loss", regex = "loss=.*" }]
  }

  expect_failures = [var.metric_definitions]
}

run "metric_twice" {
  command = plan

  variables {
    metric_definitions = [{ name = "validation:loss", regex = "a=(.*)" }, { name = "validation:loss", regex = "b=(.*)" }]
  }

  expect_failures = [var.metric_definitions]
}

run "final_metric_that_nobody_measures" {
  command = plan

  variables {
    final_metric = { name = "accuracy" }
  }

  expect_failures = [var.final_metric]
}

run "final_metric_with_crossed_bounds" {
  command = plan

  variables {
    final_metric = { name = "validation:loss", min = 2, max = 1 }
  }

  expect_failures = [var.final_metric]
}

run "entrypoint_too_long" {
  command = plan

  variables {
    entrypoint = [join("", [for i in range(26) : "0123456789"])]
  }

  expect_failures = [var.entrypoint]
}

run "no_money" {
  command = plan

  variables {
    max_run_cost_usd = 0
  }

  expect_failures = [var.max_run_cost_usd]
}
