# Two jobs in one configuration that share nothing: a small one whenever the program or data changes, and a large one by hand.
# Keep such a state in S3: add a backend block here, next to the modules.
terraform {
  required_version = ">= 1.10"
}

variable "account_id" {
  description = "Account that everything is created in; with another account's credentials, nothing is planned."
  type        = string
}

variable "run_large" {
  description = "Whether apply starts the large job."
  type        = bool
  default     = false
}

locals {
  region = "us-east-1"
  image  = "${var.account_id}.dkr.ecr.${local.region}.amazonaws.com/finetune:2026.11.1"
  teams = {
    research = { instance_families = ["g5", "p4d"], max_nodes = 4, usd_per_run = 400 }
  }
}

module "small" {
  source = "../.."

  region              = local.region
  environment         = "small"
  team                = "research"
  teams               = local.teams
  allowed_account_ids = [var.account_id]
  tags                = { cost-center = "1234" }

  enable_training_job         = true
  max_run_cost_usd            = 5
  training_image_uri          = local.image
  entrypoint                  = ["bash", "/opt/ml/input/data/code/entrypoint.sh"]
  training_data_uri           = "docs"
  instance_type               = "ml.g5.xlarge"
  max_runtime_seconds         = 3600
  checkpoint_interval_seconds = 300
  checkpoint_size_gb          = 0.01
  hyperparameters             = { total_steps = "500", learning_rate = "0.001" }
}

module "large" {
  source = "../.."

  region              = local.region
  environment         = "large"
  team                = "research"
  teams               = local.teams
  allowed_account_ids = [var.account_id]
  tags                = { cost-center = "1234" }

  enable_training_job         = var.run_large
  max_run_cost_usd            = 300
  max_usd_per_node_hour       = 30
  training_image_uri          = local.image
  entrypoint                  = ["bash", "/opt/ml/input/data/code/entrypoint.sh"]
  training_data_uri           = "s3://my-training-data/corpus"
  validation_data_uri         = "s3://my-training-data/held-out"
  instance_type               = "ml.p4d.24xlarge"
  instance_count              = 2
  use_spot_instances          = true
  max_runtime_seconds         = 14400
  max_wait_seconds            = 86400
  checkpoint_interval_seconds = 900
  checkpoint_size_gb          = 48

  encrypt_inter_container_traffic    = false
  interface_endpoints                = ["logs"]
  noncurrent_version_expiration_days = 14
  run_expiration_days                = 90

  hyperparameters = {
    total_steps      = "1000"
    batch_size       = "64"
    keep_checkpoints = "2"
  }
}

output "jobs" {
  description = "Names of the jobs, and the most that each can cost in US dollars."
  value = {
    (module.small.training_job_name) = module.small.ceiling_usd
    (module.large.training_job_name) = module.large.ceiling_usd
  }
}
