# Fine-tuning all weights of a Llama-class model of 8 billion parameters, on 2 x 8 A100 with EFA between the nodes.
# A new account has no quota for p4d: without one, the cost gate refuses.
#
# With the price table of 2026-11-23 and its cautious spot discount: expected $78.78, p90 $113.03, ceiling $272.95.
# The cost gate takes the discount of the day where it can read EC2's spot prices.

# AWS's deep-learning container with PyTorch 2.9 and transformers 5.3, by the digest that AWS's release notes give for it.
# Its tag there is 2.9.0-transformers5.3.0-gpu-py312-cu130-ubuntu22.04-v1.0.
training_image_uri = "763104351884.dkr.ecr.us-east-1.amazonaws.com/huggingface-pytorch-training@sha256:e380d949a9ffd5f316e012304491122ccae740c32ab94d7d0b20e90bbe7f5ae0"
entrypoint         = ["bash", "/opt/ml/input/data/code/entrypoint.sh"]

model_data_uri      = "s3://my-models/llama-8b/"
training_data_uri   = "s3://my-training-data/instructions/"
validation_data_uri = "s3://my-training-data/held-out/"

instance_type  = "ml.p4d.24xlarge"
instance_count = 2

use_spot_instances          = true
expected_runtime_seconds    = 10800
max_runtime_seconds         = 18000
max_wait_seconds            = 86400
checkpoint_interval_seconds = 900
checkpoint_size_gb          = 96
max_run_cost_usd            = 300

hyperparameters = {
  seed                     = "42"
  total_steps              = "1000"
  batch_size               = "64"
  micro_batch_size         = "1"
  context                  = "4096"
  learning_rate            = "0.00002"
  warmup_steps             = "50"
  activation_checkpointing = "1"
  keep_checkpoints         = "2"
}

final_metric = {
  name = "validation:loss"
  min  = 0
  max  = 2.5
}
