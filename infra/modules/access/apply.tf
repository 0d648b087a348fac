# What an apply creates and changes. What it would delete or replace is refused: that is the cleanup role's.
locals {
  own_network = var.vpc_id == null

  network_types = concat(["security-group", "security-group-rule", "vpc-endpoint"], [for type in ["route-table", "subnet", "vpc"] : type if local.own_network])
  network       = [for type in local.network_types : "${local.arn.ec2}:${type}/*"]

  # By what EC2 calls it, in the action and in ec2:CreateAction.
  network_creations = concat(
    ["CreateSecurityGroup", "CreateVpcEndpoint"], [for creation in ["CreateRouteTable", "CreateSubnet", "CreateVpc"] : creation if local.own_network],
  )
  rule_creations = ["AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress"]

  apply_network = concat([
    {
      Sid       = "CreateNetworkWithTags"
      Effect    = "Allow"
      Action    = [for creation in local.network_creations : "ec2:${creation}"]
      Resource  = [for type in local.network_types : "${local.arn.ec2}:${type}/*" if type != "security-group-rule"]
      Condition = { StringEquals = local.request_tags }
    },
    {
      Sid       = "CreateInOwnNetwork"
      Effect    = "Allow"
      Action    = [for creation in local.network_creations : "ec2:${creation}" if creation != "CreateVpc"]
      Resource  = [for type in local.network_types : "${local.arn.ec2}:${type}/*" if !contains(["security-group-rule", "vpc-endpoint"], type)]
      Condition = { StringEquals = local.resource_tags }
    },
    {
      Sid       = "TagWhatIsCreated"
      Effect    = "Allow"
      Action    = ["ec2:CreateTags"]
      Resource  = local.network
      Condition = { StringEquals = merge(local.request_tags, { "ec2:CreateAction" = concat(local.network_creations, local.rule_creations) }) }
    },
    {
      Sid    = "ChangeOwnNetwork"
      Effect = "Allow"
      Action = concat([
        "ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateTags", "ec2:DeleteTags", "ec2:ModifySecurityGroupRules",
        "ec2:ModifyVpcEndpoint", "ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress",
      ], [for action in ["ec2:AssociateRouteTable", "ec2:ModifySubnetAttribute", "ec2:ModifyVpcAttribute"] : action if local.own_network])
      Resource  = local.network
      Condition = { StringEquals = local.resource_tags }
    },
    {
      Sid       = "AddRulesWithTags"
      Effect    = "Allow"
      Action    = ["ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress"]
      Resource  = "${local.arn.ec2}:security-group-rule/*"
      Condition = { StringEquals = local.request_tags }
    },
    ],
    [for statement in [{
      # A VPC's default security group is there with the VPC, without tags.
      Sid       = "TagDefaultSecurityGroup"
      Effect    = "Allow"
      Action    = ["ec2:CreateTags"]
      Resource  = "${local.arn.ec2}:security-group/*"
      Condition = { StringEquals = local.request_tags, Null = { for key in keys(local.resource_tags) : key => "true" } }
    }] : statement if local.own_network],
    [for vpc in compact([var.vpc_id]) : {
      Sid      = "CreateInGivenNetwork"
      Effect   = "Allow"
      Action   = ["ec2:CreateSecurityGroup", "ec2:CreateVpcEndpoint"]
      Resource = concat(["${local.arn.ec2}:vpc/${vpc}"], [for id in var.subnet_ids : "${local.arn.ec2}:subnet/${id}"])
    }],
  )

  apply = concat([
    {
      Sid      = "WriteState"
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = local.state
    },
    {
      Sid    = "SetUpBucket"
      Effect = "Allow"
      Action = [
        "s3:CreateBucket", "s3:PutBucketOwnershipControls", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration", "s3:TagResource", "s3:UntagResource",
      ]
      Resource = local.bucket
    },
    {
      # A role that this role makes has the boundary, and its policies can be changed only while it has it.
      Sid       = "ExecutionRoleWithinItsBoundary"
      Effect    = "Allow"
      Action    = ["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]
      Resource  = local.execution_role
      Condition = { StringEquals = { "iam:PermissionsBoundary" = local.boundary } }
    },
    {
      Sid      = "TagExecutionRole"
      Effect   = "Allow"
      Action   = ["iam:TagRole", "iam:UntagRole"]
      Resource = local.execution_role
    }],
    [for statement in [
      {
        Sid       = "CreateKeysWithTags"
        Effect    = "Allow"
        Action    = ["kms:CreateKey"]
        Resource  = "*"
        Condition = { StringEquals = local.request_tags }
      },
      {
        Sid       = "TagNewKeys"
        Effect    = "Allow"
        Action    = ["kms:TagResource"]
        Resource  = "${local.arn.kms}:key/*"
        Condition = { StringEquals = local.request_tags }
      },
      {
        Sid       = "SetUpOwnKeys"
        Effect    = "Allow"
        Action    = ["kms:CreateAlias", "kms:EnableKeyRotation", "kms:PutKeyPolicy", "kms:TagResource", "kms:UntagResource"]
        Resource  = "${local.arn.kms}:key/*"
        Condition = { StringEquals = local.resource_tags }
      },
      {
        Sid      = "NameOwnKeys"
        Effect   = "Allow"
        Action   = ["kms:CreateAlias"]
        Resource = "${local.arn.kms}:alias/${var.name}-*"
      },
    ] : statement if var.kms_key_arn == null || var.has_alarms],
    [for statement in [{
      Sid      = "SetUpLogGroup"
      Effect   = "Allow"
      Action   = ["logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource"]
      Resource = [local.arn.logs, "${local.arn.logs}:*"]
    }] : statement if var.manages_log_group],
    [for statement in [{
      # CloudWatch lets nobody write composite alarms whose permission has a narrower resource.
      Sid      = "SetUpCompositeAlarms"
      Effect   = "Allow"
      Action   = ["cloudwatch:PutCompositeAlarm"]
      Resource = "*"
      }, {
      Sid    = "SetUpAlarms"
      Effect = "Allow"
      Action = [
        "budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource", "cloudwatch:PutDashboard", "cloudwatch:PutMetricAlarm",
        "cloudwatch:TagResource", "cloudwatch:UntagResource", "events:PutRule", "events:PutTargets", "events:TagResource", "events:UntagResource",
        "sns:CreateTopic", "sns:SetTopicAttributes", "sns:Subscribe", "sns:TagResource", "sns:UntagResource",
      ]
      Resource = [local.arn.budgets, "${local.arn.cloudwatch}:alarm:${var.name}-*", local.arn.dashboard, local.arn.rules, local.arn.topic]
    }] : statement if var.has_alarms],
  )
}
