# Teams that share an account and a state bucket, each with its own limits. A limit that is left out does not bind.

team = "research" # Whose money this environment spends.

teams = {
  research = {
    instance_families   = ["g5", "g6"] # [] or left out: all.
    max_nodes           = 8            # Of all the team's runs at once.
    gpu_hours_per_month = 500
    usd_per_month       = 1000
    usd_per_run         = 100
  }
  vision = {
    usd_per_month = 250
  }
}
