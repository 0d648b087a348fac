# The most that the execution role can ever have, whoever writes its policies: no more than infra/modules/execution_role grants.
locals {
  boundary_statements = concat([
    {
      Sid      = "FindArtifactsAndData"
      Effect   = "Allow"
      Action   = ["s3:ListBucket"]
      Resource = concat([local.bucket], local.data_buckets)
    },
    {
      Sid    = "ReadInputsAndCheckpoints"
      Effect = "Allow"
      Action = ["s3:GetObject"]
      Resource = concat(
        ["${local.bucket}/bundles/*", "${local.bucket}/data/*", "${local.runs}/checkpoints/*"],
        [for location in var.data_locations : "${local.arn.s3}${location.bucket}/${location.prefix}*"],
      )
    },
    {
      Sid      = "WriteCheckpointsAndOutput"
      Effect   = "Allow"
      Action   = ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"]
      Resource = ["${local.runs}/checkpoints/*", "${local.runs}/output/*"]
    },
    {
      Sid      = "RotateCheckpoints"
      Effect   = "Allow"
      Action   = ["s3:DeleteObject"]
      Resource = "${local.runs}/checkpoints/*"
    },
    {
      Sid      = "UseKeys"
      Effect   = "Allow"
      Action   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"]
      Resource = distinct(concat(["${local.arn.kms}:key/*"], compact([var.kms_key_arn, var.training_data_kms_key_arn])))
    },
    {
      Sid       = "EncryptVolumes"
      Effect    = "Allow"
      Action    = ["kms:CreateGrant"]
      Resource  = var.volume_kms_key_arn == null ? "${local.arn.kms}:key/*" : var.volume_kms_key_arn
      Condition = { Bool = { "kms:GrantIsForAWSResource" = "true" } }
    },
    {
      Sid    = "HaveInterfacesInTheVpc"
      Effect = "Allow"
      Action = [
        "ec2:CreateNetworkInterface", "ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission",
      ]
      Resource = [for type in ["network-interface", "security-group", "subnet"] : "${local.arn.ec2}:${type}/*"]
    },
    {
      Sid    = "LookAround"
      Effect = "Allow"
      Action = [
        "ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
      ]
      Resource = "*"
    },
    {
      Sid      = "WriteLogs"
      Effect   = "Allow"
      Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
      Resource = "${local.arn.logs}:*"
    },
    {
      Sid       = "WriteTrainingMetrics"
      Effect    = "Allow"
      Action    = ["cloudwatch:PutMetricData"]
      Resource  = "*"
      Condition = { StringEquals = { "cloudwatch:namespace" = "/aws/sagemaker/TrainingJobs" } }
    }],
    [for statement in [{
      Sid      = "ReadSecrets"
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue", "ssm:GetParameter"]
      Resource = var.secret_arns
    }] : statement if length(var.secret_arns) > 0],
    [for key in compact([var.secret_kms_key_arn]) : {
      Sid      = "DecryptSecrets"
      Effect   = "Allow"
      Action   = ["kms:Decrypt"]
      Resource = key
    }],
    [for statement in [
      {
        Sid      = "SignInToRegistries"
        Effect   = "Allow"
        Action   = ["ecr:GetAuthorizationToken"]
        Resource = "*"
      },
      {
        Sid      = "PullTheImage"
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = var.ecr_repository_arns
      },
    ] : statement if length(var.ecr_repository_arns) > 0],
  )
}
