# Who may stop spending without the right to spend: sets the marker that the pipeline reads, attaches the denial, stops jobs.
locals {
  freeze = concat([
    {
      Sid      = "FindFreezesAndRuns"
      Effect   = "Allow"
      Action   = ["s3:ListBucket"]
      Resource = local.state_bucket
    },
    {
      Sid      = "ReadStateAndRuns"
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = concat([local.state, local.run_events, local.run_records], local.freezes)
    },
    {
      Sid      = "SetFreezesAndRecordStops"
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = concat([local.run_events], local.freezes)
    },
    {
      Sid      = "StopJobs"
      Effect   = "Allow"
      Action   = ["sagemaker:DescribeTrainingJob", "sagemaker:ListTags", "sagemaker:StopTrainingJob"]
      Resource = local.arn.jobs
    },
    {
      Sid      = "FindJobs"
      Effect   = "Allow"
      Action   = ["sagemaker:ListTrainingJobs"]
      Resource = "*"
    },
    {
      # Whether a job that was stopped has saved a checkpoint: its manifest, not the model.
      Sid      = "FindCheckpoints"
      Effect   = "Allow"
      Action   = ["s3:ListBucket"]
      Resource = local.bucket
    },
    {
      Sid      = "ReadManifests"
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = "${local.bucket}/${var.artifact_prefix}/*/checkpoints/*/manifest.json"
    },
    {
      Sid       = "DecryptManifests"
      Effect    = "Allow"
      Action    = ["kms:Decrypt"]
      Resource  = local.artifact_keys
      Condition = local.artifact_key_condition
    },
    {
      Sid       = "AttachTheDenial"
      Effect    = "Allow"
      Action    = ["iam:AttachRolePolicy", "iam:DetachRolePolicy"]
      Resource  = local.launch_role
      Condition = { ArnEquals = { "iam:PolicyARN" = local.spend_freeze } }
    },
    {
      Sid      = "SeeWhatIsAttached"
      Effect   = "Allow"
      Action   = ["iam:ListAttachedRolePolicies"]
      Resource = local.launch_role
    },
  ], local.freeze_keeper, local.state_key_statements)

  # By wildcards, since a denial of too much is the safe side: training, tuning, processing, endpoints, notebooks, keys, endpoints of the VPC.
  spend_freeze_statements = [{
    Sid      = "NothingNewIsBilled"
    Effect   = "Deny"
    Action   = ["ec2:CreateVpcEndpoint", "ec2:RunInstances", "kms:CreateKey", "sagemaker:Create*", "sagemaker:Start*", "sagemaker:UpdateEndpoint*"]
    Resource = "*"
  }]
}
