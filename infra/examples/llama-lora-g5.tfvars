# Fine-tuning a Llama-class model of 8 billion parameters with LoRA, on 2 x 4 A10G. The model is in S3 as a Hugging Face
# directory (config.json, *.safetensors, tokenizer); what is trained and left behind is its adapters.
#
# With the price table of 2026-11-23 and its cautious spot discount: expected $13.80, p90 $20.90, ceiling $57.50.
# The cost gate takes the discount of the day where it can read EC2's spot prices.

# AWS's deep-learning container with PyTorch 2.9 and transformers 5.3, by the digest that AWS's release notes give for it.
# Its tag there is 2.9.0-transformers5.3.0-gpu-py312-cu130-ubuntu22.04-v1.0.
training_image_uri = "763104351884.dkr.ecr.us-east-1.amazonaws.com/huggingface-pytorch-training@sha256:e380d949a9ffd5f316e012304491122ccae740c32ab94d7d0b20e90bbe7f5ae0"
entrypoint         = ["bash", "/opt/ml/input/data/code/entrypoint.sh"]

model_data_uri    = "s3://my-models/llama-8b/"
training_data_uri = "s3://my-training-data/instructions/"

instance_type  = "ml.g5.12xlarge"
instance_count = 2

use_spot_instances          = true
expected_runtime_seconds    = 9000
max_runtime_seconds         = 14400
max_wait_seconds            = 43200
checkpoint_interval_seconds = 600
checkpoint_size_gb          = 0.2
max_run_cost_usd            = 60

hyperparameters = {
  seed                     = "42"
  total_steps              = "500"
  batch_size               = "32"
  micro_batch_size         = "1"
  context                  = "2048"
  learning_rate            = "0.0002"
  warmup_steps             = "20"
  lora_rank                = "16"
  lora_alpha               = "32"
  activation_checkpointing = "1"
}

final_metric = {
  name = "validation:loss"
  min  = 0
  max  = 2.5
}
