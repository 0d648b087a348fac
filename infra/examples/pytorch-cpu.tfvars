# The training program in training/, PyTorch on the CPU of two nodes. In the sandbox:
#   ./build.sh --target=Launch --var-file=infra/examples/pytorch-cpu.tfvars
# There the image means the Python and PyTorch of this machine. On AWS, name an image that holds both; such a run would
# cost, with the price table of 2026-11-23: expected $0.0368, p90 $0.0596, ceiling $0.15.

training_image_uri = "sandbox/pytorch"
entrypoint         = ["bash", "/opt/ml/input/data/code/entrypoint.sh"]
instance_type      = "ml.m5.large"
instance_count     = 2

hyperparameters = {
  seed                      = "42"
  total_steps               = "80"
  batch_size                = "16"
  context                   = "32"
  embedding_size            = "32"
  layers                    = "2"
  heads                     = "4"
  learning_rate             = "0.005"
  warmup_steps              = "5"
  cpu_threads               = "1" # Two nodes share one machine in the sandbox.
  checkpoint_interval_steps = "20"
  report_interval_steps     = "1"
}

final_metric = {
  name = "validation:loss"
  min  = 0
  max  = 4
}
