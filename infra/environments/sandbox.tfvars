# The sandbox: an AWS that the project brings along. Nothing here can spend, so the job is enabled.
# The cost gate prints what such a run would cost on AWS.

region              = "us-east-1"
environment         = "sandbox"
name_prefix         = "finetune"
team                = "research"
allowed_account_ids = ["000000000000"] # No real account has this id: with real credentials, these values are refused.

enable_training_job    = true
training_job_submitter = "pipeline" # Nothing here makes Terraform alone start a job.
max_run_cost_usd       = 5

# The sandbox's account has it from the start.
approval_key_arn = "arn:aws:kms:us-east-1:000000000000:alias/sandbox-approvals"

# The image is the worker inside the project; the corpus is the project's own documentation.
training_image_uri = "sandbox/builtin"
training_data_uri  = "docs"
instance_type      = "ml.g5.xlarge"
instance_count     = 2

use_spot_instances          = true
max_runtime_seconds         = 1800
max_wait_seconds            = 3600
checkpoint_interval_seconds = 5
checkpoint_size_gb          = 0.001

hyperparameters = {
  seed                      = "42"
  total_steps               = "600"
  batch_size                = "720"
  context                   = "12"
  hidden_size               = "192"
  learning_rate             = "0.01"
  checkpoint_interval_steps = "80"
}

final_metric = {
  name = "validation:loss"
  min  = 0
  max  = 3.5
}

# The sandbox has SageMaker's managed MLflow too, with one tracking server.
mlflow_servers = [{
  uri        = "arn:aws:sagemaker:us-east-1:000000000000:mlflow-tracking-server/sandbox"
  experiment = "finetune"
}]

# Its own network and its own key.
vpc_id               = null
private_subnet_ids   = []
s3_prefix_list_id    = null
interface_endpoints  = []
artifact_bucket_name = null
kms_key_arn          = null

manage_training_log_group       = true
training_log_retention_days     = 7
retain_training_logs_on_destroy = false
