data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  name       = "${var.name_prefix}-${var.environment}"
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition

  # A team without families of its own may use all that the pipeline can price.
  families    = { for family in jsondecode(file("${path.module}/../instance-types.json")).families : family.family => family.local_nvme }
  team_limits = lookup(var.teams, var.team, { instance_families = [] })
  allowed     = length(local.team_limits.instance_families) == 0 ? keys(local.families) : local.team_limits.instance_families

  data_uris      = [for uri in distinct(concat(var.shared_data_uris, compact([var.training_data_uri, var.validation_data_uri, var.model_data_uri]))) : uri if startswith(uri, "s3://")]
  data_prefixes  = [for uri in local.data_uris : regex("^s3://(?P<bucket>[^/]+)/*(?P<prefix>.*?)/*$", uri)]
  data_locations = [for location in local.data_prefixes : { bucket = location.bucket, prefix = location.prefix == "" ? "" : "${location.prefix}/" }]

  parameter_arn = "arn:${local.partition}:ssm:${var.region}:${local.account_id}:parameter"
  secret_arns   = [for reference in values(var.secret_environment) : startswith(reference, "ssm:") ? "${local.parameter_arn}/${trimprefix(trimprefix(reference, "ssm:"), "/")}" : reference]

  ecr_pattern = "^(?P<account>[0-9]{12})\\.dkr\\.ecr\\.(?P<region>[a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?/(?P<repository>[^:@]+)"
  ecr_images  = [for uri in concat(var.shared_image_uris, [var.training_image_uri]) : regex(local.ecr_pattern, uri) if can(regex(local.ecr_pattern, uri))]
}

module "access" {
  source = "../modules/access"

  name        = local.name
  environment = var.environment
  team        = var.team
  account_id  = local.account_id
  partition   = local.partition
  dns_suffix  = data.aws_partition.current.dns_suffix
  region      = var.region

  state_bucket         = var.state_bucket
  state_key            = var.state_key
  state_kms_key_arn    = var.state_kms_key_arn
  artifact_bucket_name = coalesce(var.artifact_bucket_name, "${local.name}-${local.account_id}-${var.region}")
  artifact_prefix      = "runs"
  kms_key_arn          = var.kms_key_arn
  volume_kms_key_arn   = var.volume_kms_key_arn == null ? var.kms_key_arn : var.volume_kms_key_arn

  instance_families   = [for family in local.allowed : { name = family, local_nvme = lookup(local.families, family, false) }]
  max_runtime_seconds = coalesce(var.longest_runtime_seconds, var.max_runtime_seconds)
  vpc_id              = var.vpc_id
  subnet_ids          = length(var.job_subnet_ids) > 0 ? var.job_subnet_ids : var.private_subnet_ids
  security_group_ids  = var.job_security_group_ids

  data_locations            = local.data_locations
  training_data_kms_key_arn = var.training_data_kms_key_arn
  secret_arns               = local.secret_arns
  secret_kms_key_arn        = var.secret_kms_key_arn
  ecr_repository_arns       = distinct([for image in local.ecr_images : "arn:${local.partition}:ecr:${image.region}:${image.account}:repository/${image.repository}"])

  log_group_name    = "/aws/sagemaker/TrainingJobs"
  manages_log_group = var.manage_training_log_group
  has_alarms        = var.alarms != null

  has_keeper            = var.keeper != null || var.github_environments.watch != null
  keeper_connection_arn = try(var.keeper.connection_arn, null)
  keeper_github_token   = try(trimprefix(var.keeper.github_token, "ssm:"), null)

  launch_applies            = var.launch_applies
  cleanup_deletes_artifacts = var.cleanup_deletes_artifacts

  github_trust = module.github.statements
  principals   = var.principals
}

module "github" {
  source = "../modules/github"

  provider_arn_prefix = "arn:${local.partition}:iam::${local.account_id}"
  create_provider     = var.create_github_oidc_provider
  repository          = var.github_repository
  subject             = coalesce(var.github_subject, var.github_repository, "none")
  branch              = var.github_branch
  environments        = var.github_environments
  compares_workflows  = var.github_workflow_condition
}

moved {
  from = aws_iam_openid_connect_provider.github
  to   = module.github.aws_iam_openid_connect_provider.this
}
