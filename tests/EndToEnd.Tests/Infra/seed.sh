#!/usr/bin/env bash
# Terraform alone, as infra/README.md describes it, in a copy of infra/. Endpoint, credentials and answers to questions are set around it.
set -euo pipefail

cp terraform.tfvars.example terraform.tfvars
terraform init
terraform plan
terraform apply -var='enable_training_job=true'
terraform output
aws sagemaker describe-training-job --training-job-name "$(terraform output -raw training_job_name)"
aws s3 ls --recursive "$(terraform output -raw checkpoints_uri)"
terraform destroy
