data "aws_partition" "current" {}

locals {
  parameter_arns = [for name in var.secret_parameter_names : "arn:${var.partition}:ssm:${var.region}:${var.account_id}:parameter/${trimprefix(name, "/")}"]
  secret_arns    = concat(local.parameter_arns, var.secret_arns)

  runs = "${var.artifact_bucket_arn}/${var.artifact_prefix}/*"

  s3_arn_prefix = "arn:${var.partition}:s3:::"

  ec2_arn_prefix = "arn:${var.partition}:ec2:${var.region}:${var.account_id}"
  log_group_arn  = "arn:${var.partition}:logs:${var.region}:${var.account_id}:log-group:${var.log_group_name}"
}

data "aws_iam_policy_document" "storage" {
  statement {
    sid       = "FindArtifacts"
    actions   = ["s3:ListBucket"]
    resources = [var.artifact_bucket_arn]
  }

  statement {
    sid       = "ReadCodeDataAndCheckpoints"
    actions   = ["s3:GetObject"]
    resources = ["${var.artifact_bucket_arn}/bundles/*", "${var.artifact_bucket_arn}/data/*", "${local.runs}/checkpoints/*"]
  }

  # Not the run's record: a program cannot rewrite the evidence that it is judged by.
  statement {
    sid       = "WriteCheckpointsAndOutput"
    actions   = ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"]
    resources = ["${local.runs}/checkpoints/*", "${local.runs}/output/*"]
  }

  # SageMaker deletes in S3 the checkpoints that the program deletes on its disk.
  statement {
    sid       = "RotateCheckpoints"
    actions   = ["s3:DeleteObject"]
    resources = ["${local.runs}/checkpoints/*"]
  }

  # A location that is a whole bucket has no prefix to compare.
  dynamic "statement" {
    for_each = distinct(var.data_locations)

    content {
      sid       = "ListTrainingData${statement.key}"
      actions   = ["s3:ListBucket"]
      resources = ["${local.s3_arn_prefix}${statement.value.bucket}"]

      dynamic "condition" {
        for_each = statement.value.prefix == "" ? [] : [statement.value.prefix]

        content {
          test     = "StringLike"
          variable = "s3:prefix"
          values   = ["${condition.value}*"]
        }
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.data_locations) == 0 ? [] : [true]

    content {
      sid       = "ReadTrainingData"
      actions   = ["s3:GetObject"]
      resources = distinct([for location in var.data_locations : "${local.s3_arn_prefix}${location.bucket}/${location.prefix}*"])
    }
  }
}

data "aws_iam_policy_document" "keys" {
  statement {
    sid       = "Artifacts"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"]
    resources = [var.artifact_kms_key_arn]
  }

  dynamic "statement" {
    for_each = var.training_data_kms_key_arn == null ? [] : [var.training_data_kms_key_arn]

    content {
      sid       = "TrainingData"
      actions   = ["kms:Decrypt", "kms:DescribeKey"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = var.volume_encrypted ? [true] : []

    content {
      sid       = "TrainingVolumes"
      actions   = ["kms:CreateGrant"]
      resources = [var.volume_kms_key_arn]

      condition {
        test     = "Bool"
        variable = "kms:GrantIsForAWSResource"
        values   = ["true"]
      }
    }
  }
}

data "aws_iam_policy_document" "network" {
  statement {
    sid       = "CreateInterfacesOfTheNodes"
    actions   = ["ec2:CreateNetworkInterface"]
    resources = concat(["${local.ec2_arn_prefix}:network-interface/*"], var.subnet_arns, var.security_group_arns)
  }

  statement {
    sid       = "ManageInterfacesOfTheVpc"
    actions   = ["ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission"]
    resources = ["${local.ec2_arn_prefix}:network-interface/*"]

    condition {
      test     = "ArnEquals"
      variable = "ec2:Vpc"
      values   = [var.vpc_arn]
    }
  }

  # These have no narrower resource.
  statement {
    sid = "LookAround"
    actions = [
      "ec2:DescribeDhcpOptions",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
    ]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "telemetry" {
  statement {
    sid       = "OpenLog"
    actions   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams"]
    resources = ["${local.log_group_arn}:*"]
  }

  statement {
    sid       = "WriteOwnLog"
    actions   = ["logs:PutLogEvents"]
    resources = ["${local.log_group_arn}:log-stream:${var.name}-*"]
  }

  # Metrics have no resource; the namespace is what narrows them.
  statement {
    sid       = "WriteTrainingMetrics"
    actions   = ["cloudwatch:PutMetricData"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "cloudwatch:namespace"
      values   = ["/aws/sagemaker/TrainingJobs"]
    }
  }
}

data "aws_iam_policy_document" "secrets" {
  count = length(local.secret_arns) == 0 ? 0 : 1

  dynamic "statement" {
    for_each = { for action, arns in { "ssm:GetParameter" = local.parameter_arns, "secretsmanager:GetSecretValue" = var.secret_arns } : action => distinct(arns) if length(arns) > 0 }

    content {
      sid       = statement.key == "ssm:GetParameter" ? "ReadParameters" : "ReadSecrets"
      actions   = [statement.key]
      resources = statement.value
    }
  }

  # The keys that AWS keeps for the two services need no permission.
  dynamic "statement" {
    for_each = var.secret_kms_key_arn == null ? [] : [var.secret_kms_key_arn]

    content {
      sid       = "DecryptThem"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = [for service in ["secretsmanager", "ssm"] : "${service}.${var.region}.${data.aws_partition.current.dns_suffix}"]
      }
    }
  }
}

data "aws_iam_policy_document" "image" {
  count = length(var.ecr_repository_arns) == 0 ? 0 : 1

  statement {
    sid       = "SignInToRegistries"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid       = "PullTheImage"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = var.ecr_repository_arns
  }
}
