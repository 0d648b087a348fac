data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  name       = "${var.name_prefix}-${var.environment}"
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition

  tags = merge(var.tags, {
    environment = var.environment
    team        = var.team
  })

  artifact_bucket_name = coalesce(var.artifact_bucket_name, "${local.name}-${local.account_id}-${var.region}")
  artifact_prefix      = "runs"

  # The service writes the output of every training job of the account and region to this one group.
  training_log_group_name = "/aws/sagemaker/TrainingJobs"

  # s3://BUCKET/PREFIX, or a folder of the repository.
  data_uri_pattern = "^(s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^*?[:cntrl:]]*)?|[A-Za-z0-9_][A-Za-z0-9_ .-]*(/[A-Za-z0-9_. -]+)*/?)$"

  # Data that is in S3 already; the rest comes out of the repository into the artifact bucket. A prefix is a folder: without the
  # slash, s3://corpus/patients would include patients-private/.
  data_location_pattern = "^s3://(?P<bucket>[^/]+)/*(?P<prefix>.*?)/*$"
  data_uris             = distinct(concat(var.shared_data_uris, compact([var.training_data_uri, var.validation_data_uri, var.model_data_uri])))
  data_prefixes         = [for uri in local.data_uris : regex(local.data_location_pattern, uri) if can(regex(local.data_location_pattern, uri))]
  data_locations        = [for location in local.data_prefixes : { bucket = location.bucket, prefix = location.prefix == "" ? "" : "${location.prefix}/" }]

  # What the jobs of an environment share comes first, so the role is the same whichever of them is applied.
  ecr_pattern         = "^(?P<account>[0-9]{12})\\.dkr\\.ecr\\.(?P<region>[a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?/(?P<repository>[^:@]+)"
  ecr_images          = [for uri in concat(var.shared_image_uris, [var.training_image_uri]) : regex(local.ecr_pattern, uri) if can(regex(local.ecr_pattern, uri))]
  ecr_repository_arns = distinct([for image in local.ecr_images : "arn:${local.partition}:ecr:${image.region}:${image.account}:repository/${image.repository}"])

  # These instances keep training data on local NVMe disks, encrypted by the hardware; the service refuses a volume key for them.
  local_nvme_families = [for family in local.instance_data.families : family.family if family.local_nvme]
  instance_types      = distinct(concat([var.instance_type], var.instance_fallbacks[*].instance_type))
  local_nvme_types    = [for type in local.instance_types : type if contains(local.local_nvme_families, split(".", type)[1])]
  has_volumes         = length(local.local_nvme_types) < length(local.instance_types)
  volume_key          = local.has_volumes ? coalesce(var.volume_kms_key_arn, module.storage.kms_key_arn) : null
  job_volume_key      = contains(local.local_nvme_types, var.instance_type) ? null : local.volume_key

  instance_fallbacks = [for fallback in var.instance_fallbacks : {
    instance_type         = fallback.instance_type
    instance_count        = coalesce(fallback.instance_count, var.instance_count)
    use_spot_instances    = coalesce(fallback.use_spot_instances, var.use_spot_instances)
    max_wait_seconds      = coalesce(fallback.use_spot_instances, var.use_spot_instances) ? coalesce(fallback.max_wait_seconds, var.max_wait_seconds, 2 * var.max_runtime_seconds) : null
    max_usd_per_node_hour = fallback.max_usd_per_node_hour
    volume_kms_key_arn    = contains(local.local_nvme_types, fallback.instance_type) ? null : local.volume_key
  }]
}

module "network" {
  source = "./modules/network"

  name       = local.name
  account_id = local.account_id
  partition  = local.partition
  region     = var.region

  vpc_id                               = var.vpc_id
  private_subnet_ids                   = var.private_subnet_ids
  s3_prefix_list_id                    = var.s3_prefix_list_id
  existing_endpoint_security_group_ids = var.existing_endpoint_security_group_ids

  vpc_cidr                = var.vpc_cidr
  availability_zones      = var.availability_zones
  availability_zone_count = var.availability_zone_count

  interface_endpoints = var.interface_endpoints
  reachable_buckets   = distinct(concat([local.artifact_bucket_name], local.data_locations[*].bucket))
}

# Knows nothing of the other modules, so they can be destroyed while the artifacts stay where they are, policies and key included.
module "storage" {
  source = "./modules/storage"

  name        = local.name
  bucket_name = local.artifact_bucket_name
  account_id  = local.account_id
  partition   = local.partition

  kms_key_arn                        = var.kms_key_arn
  kms_key_deletion_window_days       = var.kms_key_deletion_window_days
  noncurrent_version_expiration_days = var.noncurrent_version_expiration_days
  run_prefix                         = local.artifact_prefix
  run_expiration_days                = var.run_expiration_days
}

module "execution_role" {
  source = "./modules/execution_role"

  name       = local.name
  account_id = local.account_id
  partition  = local.partition
  region     = var.region

  permissions_boundary_arn = var.permissions_boundary_arn

  artifact_bucket_arn       = module.storage.bucket_arn
  artifact_prefix           = local.artifact_prefix
  artifact_kms_key_arn      = module.storage.kms_key_arn
  volume_encrypted          = local.has_volumes
  volume_kms_key_arn        = local.volume_key
  data_locations            = local.data_locations
  training_data_kms_key_arn = var.training_data_kms_key_arn
  secret_parameter_names    = [for reference in values(var.secret_environment) : trimprefix(reference, "ssm:") if startswith(reference, "ssm:")]
  secret_arns               = [for reference in values(var.secret_environment) : reference if startswith(reference, "arn:")]
  secret_kms_key_arn        = var.secret_kms_key_arn
  ecr_repository_arns       = local.ecr_repository_arns
  log_group_name            = local.training_log_group_name

  vpc_arn             = module.network.vpc_arn
  subnet_arns         = module.network.subnet_arns
  security_group_arns = [module.network.security_group_arn]
}

module "logs" {
  source = "./modules/logs"
  count  = var.manage_training_log_group ? 1 : 0

  log_group_name    = local.training_log_group_name
  retention_days    = var.training_log_retention_days
  retain_on_destroy = var.retain_training_logs_on_destroy
}

module "observability" {
  source = "./modules/observability"
  count  = var.alarms == null ? 0 : 1

  name        = local.name
  environment = var.environment
  team        = var.team
  account_id  = local.account_id
  partition   = local.partition
  region      = var.region

  execution_role_arn = module.execution_role.role_arn
  budgets            = var.alarms.team_budgets ? { for name, limits in var.teams : name => limits.usd_per_month if limits.usd_per_month != null } : {}
  alarms             = var.alarms
}

module "keeper" {
  source = "./modules/keeper"
  count  = var.keeper == null ? 0 : 1

  name        = local.name
  environment = var.environment
  account_id  = local.account_id
  partition   = local.partition

  kms_key_arn        = module.storage.kms_key_arn
  execution_role_arn = module.execution_role.role_arn
  keeper             = var.keeper
}
