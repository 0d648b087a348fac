output "job_name" {
  description = "Name of the job, known at plan time."
  value       = local.job_name
}

output "run_id" {
  description = "Hash of all that the job runs; checkpoints and output are under it."
  value       = local.run_id
}
