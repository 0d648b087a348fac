locals {
  arn = {
    iam        = "arn:${var.partition}:iam::${var.account_id}"
    s3         = "arn:${var.partition}:s3:::"
    ec2        = "arn:${var.partition}:ec2:${var.region}:${var.account_id}"
    kms        = "arn:${var.partition}:kms:${var.region}:${var.account_id}"
    logs       = "arn:${var.partition}:logs:${var.region}:${var.account_id}:log-group:${var.log_group_name}"
    cloudwatch = "arn:${var.partition}:cloudwatch:${var.region}:${var.account_id}"
    jobs       = "arn:${var.partition}:sagemaker:${var.region}:${var.account_id}:training-job/${var.name}-*"
    topic      = "arn:${var.partition}:sns:${var.region}:${var.account_id}:${var.name}-alarms"
    rules      = "arn:${var.partition}:events:${var.region}:${var.account_id}:rule/${var.name}-*"
    budgets    = "arn:${var.partition}:budgets::${var.account_id}:budget/${var.name}-*"
    dashboard  = "arn:${var.partition}:cloudwatch::${var.account_id}:dashboard/${var.name}"
  }

  rules_of_keeper = "arn:${var.partition}:events:${var.region}:${var.account_id}:rule/${var.name}-keeper-"

  execution_role = "${local.arn.iam}:role/${var.name}-execution"
  launch_role    = "${local.arn.iam}:role/${var.name}-launch"

  # Built from names: a policy may name another one that does not exist yet.
  boundary     = "${local.arn.iam}:policy/${var.name}-boundary"
  spend_freeze = "${local.arn.iam}:policy/${var.name}-spend-freeze"

  bucket       = "${local.arn.s3}${var.artifact_bucket_name}"
  runs         = "${local.bucket}/${var.artifact_prefix}/*"
  state_bucket = "${local.arn.s3}${var.state_bucket}"
  state        = "${local.state_bucket}/${var.state_key}"
  run_logs     = "${local.state_bucket}/runs/${var.environment}/*"
  run_events   = "${local.state_bucket}/runs/${var.environment}/*/events/*"
  run_records  = "${local.state_bucket}/runs/${var.environment}/*/run.json"
  freezes      = ["${local.state_bucket}/freezes/${var.environment}.json", "${local.state_bucket}/freezes/${var.environment}/*"]
  ledger       = "${local.state_bucket}/ledger/${var.team}.json"
  data_buckets = [for location in var.data_locations : "${local.arn.s3}${location.bucket}"]

  # What Terraform creates for this environment has these tags, and so have the roles.
  tags          = { team = var.team, environment = var.environment }
  resource_tags = { for key, value in local.tags : "aws:ResourceTag/${key}" => value }
  request_tags  = { for key, value in local.tags : "aws:RequestTag/${key}" => value }

  # The key is created after the roles, unless one is given. Whichever it is: it is used by S3 only, for the objects of this bucket.
  artifact_key_condition = {
    StringEquals = { "kms:ViaService" = "s3.${var.region}.${var.dns_suffix}" }
    StringLike   = { "kms:EncryptionContext:aws:s3:arn" = [local.bucket, "${local.bucket}/*"] }
  }
  artifact_keys = var.kms_key_arn == null ? ["${local.arn.kms}:key/*"] : [var.kms_key_arn]

  state_key_statements = [for key in compact([var.state_kms_key_arn]) : {
    Sid       = "UseTheStateKey"
    Effect    = "Allow"
    Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
    Resource  = key
    Condition = { StringEquals = { "kms:ViaService" = "s3.${var.region}.${var.dns_suffix}" } }
  }]
}
