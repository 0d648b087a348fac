# A training of a few seconds, with a checkpoint every 20 of 160 steps.
hyperparameters = {
  seed                      = "7"
  total_steps               = "160"
  batch_size                = "64"
  learning_rate             = "0.004"
  hidden_size               = "48"
  context                   = "8"
  checkpoint_interval_steps = "20"
  step_delay_ms             = "15"
}
