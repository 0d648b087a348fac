# Three ways to the same training: the first that AWS has nodes for is taken. Approved is what the most expensive of them can cost.

instance_type         = "ml.g5.2xlarge"
instance_count        = 2
max_usd_per_node_hour = 1.60 # On demand: should the price rise above it, the gate refuses.

instance_fallbacks = [
  { instance_type = "ml.g6.2xlarge", max_usd_per_node_hour = 1.30 },
  { instance_type = "ml.g5.2xlarge", use_spot_instances = false, max_usd_per_node_hour = 1.60 },
]

max_run_cost_usd = 10
