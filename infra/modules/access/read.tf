# What plan, launch and cleanup have in common: read all that Terraform manages. The lock of the state is for those that change it.
locals {
  lock = [{
    Sid      = "HoldStateLock"
    Effect   = "Allow"
    Action   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    Resource = "${local.state}.tflock"
  }]

  read = concat([
    {
      # Names, not content. Without it, S3 answers 403 instead of 404 for an object that does not exist.
      Sid      = "FindState"
      Effect   = "Allow"
      Action   = ["s3:ListBucket"]
      Resource = local.state_bucket
    },
    {
      Sid      = "ReadStateLedgerRunsAndFreezes"
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = concat([local.state, local.ledger, local.run_logs], local.freezes)
    },
    {
      Sid    = "LookAtBucketSettings"
      Effect = "Allow"
      Action = [
        "s3:GetAccelerateConfiguration", "s3:GetBucketAcl", "s3:GetBucketCORS", "s3:GetBucketLogging",
        "s3:GetBucketObjectLockConfiguration", "s3:GetBucketOwnershipControls", "s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketRequestPayment", "s3:GetBucketVersioning", "s3:GetBucketWebsite", "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration", "s3:ListBucket", "s3:ListTagsForResource",
      ]
      Resource = local.bucket
    },
    {
      Sid      = "LookAtExecutionRole"
      Effect   = "Allow"
      Action   = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"]
      Resource = local.execution_role
    },
    {
      Sid       = "LookAtOwnKeys"
      Effect    = "Allow"
      Action    = ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"]
      Resource  = "${local.arn.kms}:key/*"
      Condition = { StringEquals = local.resource_tags }
    },
    {
      # These have no narrower resource.
      Sid    = "LookAround"
      Effect = "Allow"
      Action = concat([
        "ec2:DescribeAvailabilityZones", "ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInterfaces", "ec2:DescribePrefixLists", "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeTags",
        "ec2:DescribeVpcAttribute", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs", "kms:ListAliases",
      ], [for action in ["sns:GetSubscriptionAttributes"] : action if var.has_alarms])
      Resource = "*"
    }],
    [for statement in [{
      Sid      = "FindTrainingData"
      Effect   = "Allow"
      Action   = ["s3:ListBucket"]
      Resource = local.data_buckets
    }] : statement if length(local.data_buckets) > 0],
    [for statement in [{
      Sid      = "LookAtLogGroup"
      Effect   = "Allow"
      Action   = ["logs:DescribeLogGroups", "logs:ListTagsForResource"]
      Resource = "arn:${var.partition}:logs:${var.region}:${var.account_id}:log-group:*"
    }] : statement if var.manages_log_group],
    [for statement in [
      {
        # CloudWatch shows composite alarms to nobody whose permission has a narrower resource.
        Sid      = "LookAtAlarms"
        Effect   = "Allow"
        Action   = ["cloudwatch:DescribeAlarms"]
        Resource = "*"
      },
      {
        Sid    = "LookAtNotices"
        Effect = "Allow"
        Action = [
          "budgets:ListTagsForResource", "budgets:ViewBudget", "cloudwatch:GetDashboard", "cloudwatch:ListTagsForResource", "events:DescribeRule",
          "events:ListTagsForResource", "events:ListTargetsByRule", "sns:GetTopicAttributes", "sns:ListTagsForResource",
        ]
        Resource = [local.arn.budgets, "${local.arn.cloudwatch}:alarm:${var.name}-*", local.arn.dashboard, local.arn.rules, local.arn.topic]
      },
    ] : statement if var.has_alarms],
    local.look_at_keeper,
    local.state_key_statements,
  )
}
