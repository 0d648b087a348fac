# A keeper: CodeBuild drives the open runs while no machine of the team does. Apply infra/access with the same value first.

keeper = {
  repository       = "example/training" # On GitHub, with the environment's files.
  schedule_minutes = 30                 # Looks twice an hour, and at each change of a job.
  watch_minutes    = 20                 # Then stays for at most 20 minutes while a run is open.
}
