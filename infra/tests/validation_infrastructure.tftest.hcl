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
    region                   = "virginia"
    environment              = "Test"
    name_prefix              = "fine_tune"
    team                     = "our team"
    tags                     = { "aws:name" = "value" }
    allowed_account_ids      = ["production"]
    permissions_boundary_arn = "arn:aws:iam::123456789012:role/boundary"
    vpc_id                   = "main"
    vpc_cidr                 = "10.0.0.0"
    interface_endpoints      = ["dynamodb"]
    artifact_bucket_name     = "Artifacts"
  }

  expect_failures = [
    var.region,
    var.environment,
    var.name_prefix,
    var.team,
    var.tags,
    var.allowed_account_ids,
    var.permissions_boundary_arn,
    var.vpc_id,
    var.vpc_cidr,
    var.interface_endpoints,
    var.artifact_bucket_name,
  ]
}

run "out_of_range" {
  command = plan

  variables {
    kms_key_arn                        = "alias/artifacts"
    environment                        = "production-eu1"
    name_prefix                        = "fine-tuning-the-model"
    vpc_cidr                           = "10.0.0.0/24"
    availability_zones                 = ["us-east-1a"]
    availability_zone_count            = 1
    kms_key_deletion_window_days       = 6
    noncurrent_version_expiration_days = 0
    run_expiration_days                = 29
    training_log_retention_days        = 8
  }

  expect_failures = [
    var.kms_key_arn,
    var.environment,
    var.name_prefix,
    var.vpc_cidr,
    var.availability_zones,
    var.availability_zone_count,
    var.kms_key_deletion_window_days,
    var.noncurrent_version_expiration_days,
    var.run_expiration_days,
    var.training_log_retention_days,
  ]
}

run "contradictions" {
  command = plan

  variables {
    tags                                 = { team = "other" }
    private_subnet_ids                   = ["subnet-0123456789abcdef0"]
    s3_prefix_list_id                    = "pl-63a5400a"
    existing_endpoint_security_group_ids = ["sg-0123456789abcdef0"]
    availability_zones                   = ["us-east-1a", "eu-west-1a"]
    kms_key_arn                          = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  expect_failures = [
    var.tags,
    var.private_subnet_ids,
    var.s3_prefix_list_id,
    var.existing_endpoint_security_group_ids,
    var.availability_zones,
    var.kms_key_arn,
  ]
}

run "unconfigured_team" {
  command = plan

  variables {
    team  = "research"
    teams = { vision = { usd_per_month = 100 } }
  }

  expect_failures = [var.team]
}

run "malformed_teams" {
  command = plan

  variables {
    teams = {
      research = { instance_families = ["ml.g5.xlarge"], max_nodes = 1.5, usd_per_month = 0 }
      "Team A" = {}
    }
  }

  expect_failures = [var.teams]
}
