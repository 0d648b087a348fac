# What Cleanup needs beside reading: stop this environment's jobs, and delete what Terraform manages.
locals {
  cleanup = concat([
    {
      Sid      = "StopJobs"
      Effect   = "Allow"
      Action   = ["sagemaker:DescribeTrainingJob", "sagemaker:StopTrainingJob"]
      Resource = local.arn.jobs
    },
    {
      Sid      = "FindJobs"
      Effect   = "Allow"
      Action   = ["sagemaker:ListTrainingJobs"]
      Resource = "*"
    },
    {
      Sid      = "WriteStateAndTakeTheLeases"
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = [local.state, "${local.state_bucket}/runs/${var.environment}/lease.json", "${local.state_bucket}/runs/${var.environment}/*/lease.json"]
    },
    {
      Sid    = "TakeDownBucket"
      Effect = "Allow"
      Action = [
        "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:ListBucketVersions", "s3:PutBucketOwnershipControls", "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration",
      ]
      Resource = local.bucket
    },
    {
      Sid      = "DeleteExecutionRole"
      Effect   = "Allow"
      Action   = ["iam:DeleteRole", "iam:DeleteRolePolicy", "iam:ListInstanceProfilesForRole"]
      Resource = local.execution_role
    },
    {
      Sid       = "DeleteOwnKeys"
      Effect    = "Allow"
      Action    = ["kms:DeleteAlias", "kms:ScheduleKeyDeletion"]
      Resource  = "${local.arn.kms}:key/*"
      Condition = { StringEquals = local.resource_tags }
    },
    {
      Sid      = "DeleteOwnAliases"
      Effect   = "Allow"
      Action   = ["kms:DeleteAlias"]
      Resource = "${local.arn.kms}:alias/${var.name}-*"
    },
    {
      Sid    = "DeleteOwnNetwork"
      Effect = "Allow"
      Action = concat(
        ["ec2:DeleteSecurityGroup", "ec2:DeleteVpcEndpoints", "ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress"],
        [for action in ["ec2:DeleteRouteTable", "ec2:DeleteSubnet", "ec2:DeleteVpc", "ec2:DisassociateRouteTable"] : action if local.own_network],
      )
      Resource  = local.network
      Condition = { StringEquals = local.resource_tags }
    }],
    [for statement in [{
      Sid      = "DeleteArtifacts"
      Effect   = "Allow"
      Action   = ["s3:DeleteObjectVersion"]
      Resource = "${local.bucket}/*"
    }] : statement if var.cleanup_deletes_artifacts],
    [for statement in [{
      Sid      = "DeleteLogGroup"
      Effect   = "Allow"
      Action   = ["logs:DeleteLogGroup"]
      Resource = "${local.arn.logs}:*"
    }] : statement if var.manages_log_group],
    [for statement in [
      {
        Sid    = "DeleteAlarms"
        Effect = "Allow"
        Action = [
          "budgets:ModifyBudget", "cloudwatch:DeleteAlarms", "cloudwatch:DeleteDashboards", "events:DeleteRule", "events:RemoveTargets",
          "sns:DeleteTopic", "sns:SetTopicAttributes",
        ]
        Resource = [local.arn.budgets, "${local.arn.cloudwatch}:alarm:${var.name}-*", local.arn.dashboard, local.arn.rules, local.arn.topic]
      },
      {
        Sid      = "Unsubscribe"
        Effect   = "Allow"
        Action   = ["sns:Unsubscribe"]
        Resource = "*"
      },
    ] : statement if var.has_alarms],
    local.delete_keeper,
  )
}
