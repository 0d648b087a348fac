# The least that describes a job: one node on spot, the program in training/, a folder of the repository as data.
# terraform init && terraform apply creates the network, bucket, key and role, and starts nothing.
module "training" {
  source = "../.."

  region      = "us-east-1"
  environment = "small"
  team        = "research"

  max_run_cost_usd            = 5
  training_image_uri          = "123456789012.dkr.ecr.us-east-1.amazonaws.com/finetune:2026.11.1"
  entrypoint                  = ["bash", "/opt/ml/input/data/code/entrypoint.sh"]
  training_data_uri           = "docs"
  instance_type               = "ml.g5.xlarge"
  checkpoint_interval_seconds = 300
}

output "training_job_name" {
  description = "Name of the job, or the base of its name while enable_training_job is not set."
  value       = module.training.training_job_name
}
