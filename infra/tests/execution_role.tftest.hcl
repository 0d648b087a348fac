# The execution role by itself: every right that it has is counted here.

provider "aws" {
  region = "us-east-1"
}

variables {
  name       = "role-test"
  account_id = "123456789012"
  partition  = "aws"
  region     = "us-east-1"

  permissions_boundary_arn  = null
  artifact_bucket_arn       = "arn:aws:s3:::artifacts"
  artifact_prefix           = "runs"
  artifact_kms_key_arn      = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  volume_encrypted          = false
  volume_kms_key_arn        = null
  data_locations            = []
  training_data_kms_key_arn = null
  secret_parameter_names    = []
  secret_arns               = []
  secret_kms_key_arn        = null
  ecr_repository_arns       = []
  log_group_name            = "/aws/sagemaker/TrainingJobs"
  vpc_arn                   = "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-0123456789abcdef0"
  subnet_arns               = ["arn:aws:ec2:us-east-1:123456789012:subnet/subnet-0123456789abcdef0"]
  security_group_arns       = ["arn:aws:ec2:us-east-1:123456789012:security-group/sg-0123456789abcdef0"]
}

run "least_privilege" {
  command = plan

  module {
    source = "./modules/execution_role"
  }

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    error_message = "Another account's jobs must not be able to borrow the role."
  }

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition.ArnLike["aws:SourceArn"] == "arn:aws:sagemaker:us-east-1:123456789012:training-job/role-test-*"
    error_message = "Only jobs of this name may run as the role."
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.storage.policy).Statement : statement.Resource if contains(flatten([statement.Action]), "s3:DeleteObject")] == ["arn:aws:s3:::artifacts/runs/*/checkpoints/*"]
    error_message = "The role may delete checkpoints and nothing else."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(aws_iam_role_policy.storage.policy).Statement : alltrue([for resource in flatten([statement.Resource]) : startswith(resource, "arn:aws:s3:::artifacts")])])
    error_message = "The role may touch no other bucket."
  }

  assert {
    condition     = length(flatten([for statement in jsondecode(aws_iam_role_policy.keys.policy).Statement : statement.Resource])) == 1
    error_message = "The role may use the artifacts' key and no other."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(aws_iam_role_policy.network.policy).Statement : statement.Sid == "LookAround" || statement.Resource != "*"])
    error_message = "The role may change network interfaces of the job's VPC only."
  }

  assert {
    condition     = one([for statement in jsondecode(aws_iam_role_policy.telemetry.policy).Statement : statement.Condition if statement.Action == "cloudwatch:PutMetricData"]).StringEquals["cloudwatch:namespace"] == "/aws/sagemaker/TrainingJobs"
    error_message = "The role may write metrics of training jobs only."
  }

  assert {
    condition     = length(aws_iam_role_policy.image) == 0
    error_message = "An image from elsewhere needs no right in ECR."
  }

  assert {
    condition     = length(aws_iam_role_policy.secrets) == 0
    error_message = "A program without secrets needs no right to read any."
  }
}

run "everything_that_can_be_added" {
  command = plan

  module {
    source = "./modules/execution_role"
  }

  variables {
    volume_encrypted          = true
    volume_kms_key_arn        = "arn:aws:kms:us-east-1:123456789012:key/66666666-7777-8888-9999-000000000000"
    data_locations            = [{ bucket = "corpus", prefix = "english/" }, { bucket = "models", prefix = "base/" }, { bucket = "corpus", prefix = "held-out/" }]
    training_data_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/99999999-7777-8888-9999-000000000000"
    ecr_repository_arns       = ["arn:aws:ecr:us-east-1:123456789012:repository/finetune"]
    secret_parameter_names    = ["/team/token", "single"]
    secret_arns               = ["arn:aws:secretsmanager:us-east-1:123456789012:secret:team/key-AbCdEf"]
    secret_kms_key_arn        = "arn:aws:kms:us-east-1:123456789012:key/12345678-7777-8888-9999-000000000000"
  }

  assert {
    condition = { for statement in jsondecode(aws_iam_role_policy.secrets[0].policy).Statement : statement.Action => toset(flatten([statement.Resource])) } == {
      "ssm:GetParameter"              = toset(["arn:aws:ssm:us-east-1:123456789012:parameter/single", "arn:aws:ssm:us-east-1:123456789012:parameter/team/token"])
      "secretsmanager:GetSecretValue" = toset(["arn:aws:secretsmanager:us-east-1:123456789012:secret:team/key-AbCdEf"])
      "kms:Decrypt"                   = toset(["arn:aws:kms:us-east-1:123456789012:key/12345678-7777-8888-9999-000000000000"])
    }
    error_message = "The role may read exactly the named secrets."
  }

  assert {
    condition     = toset(one([for statement in jsondecode(aws_iam_role_policy.secrets[0].policy).Statement : statement.Condition.StringEquals["kms:ViaService"] if statement.Sid == "DecryptThem"])) == toset(["secretsmanager.us-east-1.amazonaws.com", "ssm.us-east-1.amazonaws.com"])
    error_message = "The role may use the secrets' key through the two services only."
  }

  assert {
    condition     = toset(one([for statement in jsondecode(aws_iam_role_policy.storage.policy).Statement : statement.Resource if statement.Sid == "ReadTrainingData"])) == toset(["arn:aws:s3:::corpus/english/*", "arn:aws:s3:::corpus/held-out/*", "arn:aws:s3:::models/base/*"])
    error_message = "The role may read the data and the model, and nothing else."
  }

  assert {
    condition     = { for statement in jsondecode(aws_iam_role_policy.storage.policy).Statement : "${statement.Resource}/${statement.Condition.StringLike["s3:prefix"]}" => statement.Action if startswith(statement.Sid, "ListTrainingData") } == { "arn:aws:s3:::corpus/english/*" = "s3:ListBucket", "arn:aws:s3:::models/base/*" = "s3:ListBucket", "arn:aws:s3:::corpus/held-out/*" = "s3:ListBucket" }
    error_message = "The role may list the folders of the data and the model, and nothing else."
  }

  assert {
    condition     = one([for statement in jsondecode(aws_iam_role_policy.keys.policy).Statement : statement.Condition.Bool["kms:GrantIsForAWSResource"] if statement.Sid == "TrainingVolumes"]) == "true"
    error_message = "The role may grant the volumes' key to AWS services only."
  }

  assert {
    condition     = one([for statement in jsondecode(aws_iam_role_policy.image[0].policy).Statement : statement.Resource if statement.Sid == "PullTheImage"]) == "arn:aws:ecr:us-east-1:123456789012:repository/finetune"
    error_message = "The role may pull the training image and no other."
  }
}

run "a_whole_bucket_and_half_a_name" {
  command = plan

  module {
    source = "./modules/execution_role"
  }

  variables {
    data_locations = [{ bucket = "corpus", prefix = "" }]
  }

  assert {
    condition     = one([for statement in jsondecode(aws_iam_role_policy.storage.policy).Statement : statement if statement.Sid == "ListTrainingData0"]) == { Sid = "ListTrainingData0", Effect = "Allow", Action = "s3:ListBucket", Resource = "arn:aws:s3:::corpus" }
    error_message = "A location that is a whole bucket must be listed whole."
  }

  assert {
    condition     = one([for statement in jsondecode(aws_iam_role_policy.storage.policy).Statement : statement.Resource if statement.Sid == "ReadTrainingData"]) == "arn:aws:s3:::corpus/*"
    error_message = "A location that is a whole bucket must be read whole."
  }
}

run "a_prefix_that_is_no_folder" {
  command = plan

  module {
    source = "./modules/execution_role"
  }

  variables {
    data_locations = [{ bucket = "corpus", prefix = "patients" }]
  }

  expect_failures = [var.data_locations]
}
