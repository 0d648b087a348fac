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

run "region_of_nowhere" {
  command = plan

  variables {
    region = "virginia"
  }

  expect_failures = [var.region]
}

run "environment_too_long" {
  command = plan

  variables {
    environment = "production-eu1"
  }

  expect_failures = [var.environment]
}

run "environment_in_capitals" {
  command = plan

  variables {
    environment = "Test"
  }

  expect_failures = [var.environment]
}

run "name_prefix_too_long" {
  command = plan

  variables {
    name_prefix = "fine-tuning-the-model"
  }

  expect_failures = [var.name_prefix]
}

run "name_prefix_with_underscore" {
  command = plan

  variables {
    name_prefix = "fine_tune"
  }

  expect_failures = [var.name_prefix]
}

run "team_with_a_blank" {
  command = plan

  variables {
    team = "our team"
  }

  expect_failures = [var.team]
}

run "tag_of_aws" {
  command = plan

  variables {
    tags = { "aws:name" = "value" }
  }

  expect_failures = [var.tags]
}

run "tag_that_has_a_variable" {
  command = plan

  variables {
    tags = { team = "other" }
  }

  expect_failures = [var.tags]
}

run "account_by_name" {
  command = plan

  variables {
    allowed_account_ids = ["production"]
  }

  expect_failures = [var.allowed_account_ids]
}

run "boundary_that_is_no_policy" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::123456789012:role/boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}

run "vpc_without_subnets" {
  command = plan

  variables {
    vpc_id            = "vpc-0123456789abcdef0"
    s3_prefix_list_id = "pl-63a5400a"
  }

  expect_failures = [var.private_subnet_ids]
}

run "vpc_without_prefix_list" {
  command = plan

  variables {
    vpc_id             = "vpc-0123456789abcdef0"
    private_subnet_ids = ["subnet-0123456789abcdef0"]
  }

  expect_failures = [var.s3_prefix_list_id]
}

run "subnets_without_vpc" {
  command = plan

  variables {
    private_subnet_ids = ["subnet-0123456789abcdef0"]
  }

  expect_failures = [var.private_subnet_ids]
}

run "subnet_twice" {
  command = plan

  variables {
    vpc_id             = "vpc-0123456789abcdef0"
    s3_prefix_list_id  = "pl-63a5400a"
    private_subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef0"]
  }

  expect_failures = [var.private_subnet_ids]
}

run "vpc_by_name" {
  command = plan

  variables {
    vpc_id = "main"
  }

  expect_failures = [var.vpc_id]
}

run "existing_endpoints_without_vpc" {
  command = plan

  variables {
    existing_endpoint_security_group_ids = ["sg-0123456789abcdef0"]
  }

  expect_failures = [var.existing_endpoint_security_group_ids]
}

run "vpc_range_too_small" {
  command = plan

  variables {
    vpc_cidr = "10.0.0.0/24"
  }

  expect_failures = [var.vpc_cidr]
}

run "vpc_range_that_is_none" {
  command = plan

  variables {
    vpc_cidr = "10.0.0.0"
  }

  expect_failures = [var.vpc_cidr]
}

run "one_zone" {
  command = plan

  variables {
    availability_zones = ["us-east-1a"]
  }

  expect_failures = [var.availability_zones]
}

run "zone_of_another_region" {
  command = plan

  variables {
    availability_zones = ["us-east-1a", "eu-west-1a"]
  }

  expect_failures = [var.availability_zones]
}

run "zone_count_of_one" {
  command = plan

  variables {
    availability_zone_count = 1
  }

  expect_failures = [var.availability_zone_count]
}

run "endpoint_of_no_use" {
  command = plan

  variables {
    interface_endpoints = ["dynamodb"]
  }

  expect_failures = [var.interface_endpoints]
}

run "bucket_name_in_capitals" {
  command = plan

  variables {
    artifact_bucket_name = "Artifacts"
  }

  expect_failures = [var.artifact_bucket_name]
}

run "key_by_alias" {
  command = plan

  variables {
    kms_key_arn = "alias/artifacts"
  }

  expect_failures = [var.kms_key_arn]
}

run "key_in_another_region" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  expect_failures = [var.kms_key_arn]
}

run "key_gone_too_soon" {
  command = plan

  variables {
    kms_key_deletion_window_days = 6
  }

  expect_failures = [var.kms_key_deletion_window_days]
}

run "versions_gone_at_once" {
  command = plan

  variables {
    noncurrent_version_expiration_days = 0
  }

  expect_failures = [var.noncurrent_version_expiration_days]
}

run "runs_expiring_under_a_job" {
  command = plan

  variables {
    run_expiration_days = 29
  }

  expect_failures = [var.run_expiration_days]
}

run "retention_that_cloudwatch_lacks" {
  command = plan

  variables {
    training_log_retention_days = 8
  }

  expect_failures = [var.training_log_retention_days]
}
