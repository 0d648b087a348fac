# What a launch needs beside reading: submit what was approved, follow it, judge it. IAM has no key for the number of nodes, for spot or for
# dollars: the gate and AWS's service quotas limit those.
locals {
  # SageMaker refuses a volume key for nodes with local disks, which encrypt themselves. Others have to name one.
  submissions = {
    LocalDisks = {
      families = [for family in var.instance_families : family.name if family.local_nvme]
      arns     = {}
    }
    Volumes = {
      families = [for family in var.instance_families : family.name if !family.local_nvme]
      arns     = { "sagemaker:VolumeKmsKey" = var.volume_kms_key_arn == null ? "${local.arn.kms}:key/*" : var.volume_kms_key_arn }
    }
  }

  output_key = { "sagemaker:OutputKmsKey" = var.kms_key_arn == null ? "${local.arn.kms}:key/*" : var.kms_key_arn }

  # With ForAllValues, a request without the key matches too: each of these keys has to be there as well, by Null.
  listed = { for key, values in { "sagemaker:VpcSubnets" = var.subnet_ids, "sagemaker:VpcSecurityGroupIds" = var.security_group_ids } : key => values if length(values) > 0 }

  submit = [for disks, nodes in local.submissions : {
    Sid      = "SubmitOn${disks}"
    Effect   = "Allow"
    Action   = ["sagemaker:CreateTrainingJob"]
    Resource = local.arn.jobs
    Condition = merge(
      {
        "ForAllValues:StringLike" = { "sagemaker:InstanceTypes" = [for family in nodes.families : "ml.${family}.*"] }
        NumericLessThanEquals     = { "sagemaker:MaxRuntimeInSeconds" = tostring(var.max_runtime_seconds) }
        ArnLike                   = merge(local.output_key, nodes.arns)
        StringEquals              = merge(local.request_tags, { for key, value in local.tags : "aws:PrincipalTag/${key}" => value })
        Null = { for key in [
          "aws:RequestTag/pipeline:digest", "aws:RequestTag/pipeline:run-id",
          "sagemaker:InstanceTypes", "sagemaker:VpcSecurityGroupIds", "sagemaker:VpcSubnets",
        ] : key => "false" }
      },
      length(local.listed) == 0 ? {} : { "ForAllValues:StringEquals" = local.listed },
    )
  } if length(nodes.families) > 0]

  run = concat(local.submit, local.verify, [
    {
      # A job's tags name its run and digest, so they are set with the job and never again.
      Sid       = "TagWhatIsSubmitted"
      Effect    = "Allow"
      Action    = ["sagemaker:AddTags"]
      Resource  = local.arn.jobs
      Condition = { StringEquals = { "sagemaker:TaggingAction" = "CreateTrainingJob" } }
    },
    {
      Sid       = "HandOverTheExecutionRole"
      Effect    = "Allow"
      Action    = ["iam:PassRole"]
      Resource  = local.execution_role
      Condition = { StringEquals = { "iam:PassedToService" = "sagemaker.amazonaws.com" } }
    },
    {
      Sid      = "WatchAndStopOwnJobs"
      Effect   = "Allow"
      Action   = ["sagemaker:DescribeTrainingJob", "sagemaker:ListTags", "sagemaker:StopTrainingJob"]
      Resource = local.arn.jobs
    },
    {
      # Doctor asks how the bucket is set up.
      Sid      = "LookAtStateBucket"
      Effect   = "Allow"
      Action   = ["s3:GetBucketPolicy", "s3:GetBucketVersioning", "s3:GetEncryptionConfiguration"]
      Resource = local.state_bucket
    },
    {
      Sid      = "ReserveAndRecord"
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = [local.ledger, local.run_logs]
    },
    {
      Sid      = "UploadInputsAndRecords"
      Effect   = "Allow"
      Action   = ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"]
      Resource = ["${local.bucket}/bundles/*", "${local.bucket}/data/*", "${local.runs}/record/*"]
    },
    {
      Sid      = "ReadEvidence"
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:GetObjectVersion"]
      Resource = ["${local.bucket}/bundles/*", "${local.bucket}/data/*", local.runs]
    },
    {
      Sid      = "FindEvidence"
      Effect   = "Allow"
      Action   = ["s3:ListBucketMultipartUploads", "s3:ListBucketVersions"]
      Resource = local.bucket
    },
    {
      Sid       = "UseTheArtifactKey"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = local.artifact_keys
      Condition = local.artifact_key_condition
    },
    {
      Sid      = "FindLogs"
      Effect   = "Allow"
      Action   = ["logs:DescribeLogStreams"]
      Resource = "${local.arn.logs}:*"
    },
    {
      Sid      = "ReadOwnLogs"
      Effect   = "Allow"
      Action   = ["logs:GetLogEvents"]
      Resource = "${local.arn.logs}:log-stream:${var.name}-*"
    },
    {
      Sid      = "FindJobsAndTheirUse"
      Effect   = "Allow"
      Action   = ["cloudwatch:GetMetricData", "sagemaker:ListTrainingJobs"]
      Resource = "*"
    }],
    [for statement in [
      {
        Sid       = "PublishMetrics"
        Effect    = "Allow"
        Action    = ["cloudwatch:PutMetricData"]
        Resource  = "*"
        Condition = { StringEquals = { "cloudwatch:namespace" = "TrainingPipeline" } }
      },
      {
        Sid      = "SetAlarmsOfRuns"
        Effect   = "Allow"
        Action   = ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm"]
        Resource = "${local.arn.cloudwatch}:alarm:${var.name}-*-heartbeat"
      },
    ] : statement if var.has_alarms],
  )
}
