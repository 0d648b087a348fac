# A second job of the sandbox, beside the one in its own file: ./build.sh --target=Launch --job=small
#
# A job's file has what only this job needs: program, image, data, nodes, hyperparameters, limits. What jobs share (network, bucket,
# role, teams) stays in environments/NAME.tfvars.

instance_count   = 1
max_run_cost_usd = 2

hyperparameters = {
  seed                      = "7"
  total_steps               = "200"
  batch_size                = "240"
  context                   = "12"
  hidden_size               = "96"
  learning_rate             = "0.01"
  checkpoint_interval_steps = "40"
}
