# An environment of which everything is known, so each condition of its roles is bound.
region              = "us-east-1"
environment         = "dev"
name_prefix         = "finetune"
team                = "research"
max_runtime_seconds = 7200
training_image_uri  = "123456789012.dkr.ecr.us-east-1.amazonaws.com/finetune:1.0"
training_data_uri   = "s3://corpus-of-the-team/english/"
secret_environment  = { HUB_LOGIN = "ssm:/research/hub" }
kms_key_arn         = "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555"
alarms              = { dashboard = true, team_budgets = true }
keeper              = { repository = "acme/training", connection_arn = "arn:aws:codeconnections:us-east-1:000000000000:connection/11111111-2222-3333-4444-555555555555", github_token = "ssm:/acme/github-token" }

teams = {
  research = { instance_families = ["g5", "m5"], usd_per_month = 500 }
  vision   = { instance_families = ["p4d"] }
}

manage_training_log_group = true

state_bucket              = "team-terraform-state"
state_key                 = "training/dev/terraform.tfstate"
job_subnet_ids            = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
job_security_group_ids    = ["sg-0123456789abcdef0"]
cleanup_deletes_artifacts = true
github_repository         = "acme/training"
principals                = { launch = ["arn:aws:iam::000000000000:role/engineers"] }
