# The module in a network that was there before. These runs apply, and destroy at the end.

provider "aws" {
  region = "us-east-1"
}

variables {
  region             = "us-east-1"
  environment        = "test"
  team               = "research"
  training_image_uri = "sandbox/builtin"
  training_data_uri  = "s3://corpus-of-the-team/english/"
  instance_type      = "ml.g5.xlarge"
  max_run_cost_usd   = 5

  name_prefix         = "existing"
  allowed_account_ids = []
  interface_endpoints = []
}

run "network_of_somebody_else" {
  module {
    source = "./tests/existing_vpc"
  }
}

run "uses_it" {
  variables {
    vpc_id                               = run.network_of_somebody_else.vpc_id
    private_subnet_ids                   = run.network_of_somebody_else.private_subnet_ids
    s3_prefix_list_id                    = run.network_of_somebody_else.s3_prefix_list_id
    existing_endpoint_security_group_ids = [run.network_of_somebody_else.endpoint_security_group_id]

    # Its own endpoint is the way to the secrets.
    secret_environment       = { HF_TOKEN = "ssm:/team/hf-token" }
    enable_network_isolation = false
    entrypoint               = ["python3", "/opt/ml/input/data/code/secret_environment.py", "/opt/ml/input/data/code/own.py"]
  }

  assert {
    condition     = output.training_job.subnet_ids == tolist(run.network_of_somebody_else.private_subnet_ids)
    error_message = "The job must run in the given subnets."
  }

  assert {
    condition     = module.network.vpc_arn == "arn:${data.aws_partition.current.partition}:ec2:us-east-1:${data.aws_caller_identity.current.account_id}:vpc/${run.network_of_somebody_else.vpc_id}"
    error_message = "No VPC may be created in addition to the given one."
  }

  assert {
    condition     = length(output.training_job.security_group_ids) == 1
    error_message = "The nodes must have their own security group in the given VPC."
  }
}

run "refuses_a_public_subnet" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    name       = "existing-test"
    account_id = "000000000000"
    partition  = "aws"

    vpc_id                               = run.network_of_somebody_else.vpc_id
    private_subnet_ids                   = [run.network_of_somebody_else.public_subnet_id]
    s3_prefix_list_id                    = run.network_of_somebody_else.s3_prefix_list_id
    existing_endpoint_security_group_ids = []
    vpc_cidr                             = "10.64.0.0/16"
    availability_zones                   = []
    availability_zone_count              = 2
    reachable_buckets                    = ["artifacts-of-the-test"]
  }

  expect_failures = [data.aws_subnet.existing]
}

run "refuses_a_subnet_of_another_vpc" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    name       = "existing-test"
    account_id = "000000000000"
    partition  = "aws"

    vpc_id                               = run.network_of_somebody_else.vpc_id
    private_subnet_ids                   = [run.network_of_somebody_else.foreign_subnet_id]
    s3_prefix_list_id                    = run.network_of_somebody_else.s3_prefix_list_id
    existing_endpoint_security_group_ids = []
    vpc_cidr                             = "10.64.0.0/16"
    availability_zones                   = []
    availability_zone_count              = 2
    reachable_buckets                    = ["artifacts-of-the-test"]
  }

  expect_failures = [data.aws_subnet.existing]
}

run "refuses_a_vpc_without_subnets" {
  command = plan

  variables {
    vpc_id            = run.network_of_somebody_else.vpc_id
    s3_prefix_list_id = run.network_of_somebody_else.s3_prefix_list_id
  }

  expect_failures = [var.private_subnet_ids]
}

run "refuses_a_vpc_without_prefix_list" {
  command = plan

  variables {
    vpc_id             = run.network_of_somebody_else.vpc_id
    private_subnet_ids = run.network_of_somebody_else.private_subnet_ids
  }

  expect_failures = [var.s3_prefix_list_id]
}

run "refuses_a_subnet_named_twice" {
  command = plan

  variables {
    vpc_id             = run.network_of_somebody_else.vpc_id
    private_subnet_ids = [run.network_of_somebody_else.private_subnet_ids[0], run.network_of_somebody_else.private_subnet_ids[0]]
    s3_prefix_list_id  = run.network_of_somebody_else.s3_prefix_list_id
  }

  expect_failures = [var.private_subnet_ids]
}
