# The pipeline chooses how often to save, from the time that a save takes and the expected time to an interruption, and the
# program corrects it at each restart. For values that set their own interval, as those of the sandbox do; use with
#   ./build.sh --target=Launch --var-file=infra/examples/auto-checkpoints.tfvars

checkpoint_interval_seconds = null
