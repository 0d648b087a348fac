# One node that nobody interrupts: more expensive by the hour, finished sooner.

instance_type               = "ml.g6.2xlarge"
instance_count              = 1
use_spot_instances          = false
max_wait_seconds            = null
max_runtime_seconds         = 3600
checkpoint_interval_seconds = 600
max_run_cost_usd            = 2
