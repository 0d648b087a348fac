# What the roles may do, as the variables of the environment say it. Each run is a plan.

variables {
  region              = "us-east-1"
  environment         = "test"
  name_prefix         = "finetune"
  team                = "research"
  max_runtime_seconds = 3600
  training_image_uri  = "123456789012.dkr.ecr.us-east-1.amazonaws.com/finetune:1.0"
  training_data_uri   = "s3://corpus-of-the-team/english/"

  state_bucket      = "team-terraform-state"
  state_key         = "training/test/terraform.tfstate"
  github_repository = "acme/training"

  # Set explicitly, so a terraform.tfvars next to the code cannot change what is tested.
  allowed_account_ids       = []
  alarms                    = null
  keeper                    = null
  manage_training_log_group = false
  kms_key_arn               = null
  principals                = {}
}

run "the_limits_of_the_team" {
  command = plan

  variables {
    teams       = { research = { instance_families = ["g5", "m5"], usd_per_month = 500 }, vision = {} }
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    vpc_id      = "vpc-0123456789abcdef0"

    private_subnet_ids     = ["subnet-0123456789abcdef0"]
    job_security_group_ids = ["sg-0123456789abcdef0"]
  }

  assert {
    condition     = [for statement in jsondecode(module.access.documents.run).Statement : statement.Condition["ForAllValues:StringLike"]["sagemaker:InstanceTypes"] if startswith(statement.Sid, "Submit")] == [["ml.g5.*"], ["ml.m5.*"]]
    error_message = "Only the families of the team may be used: those with local disks, and those with volumes."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(module.access.documents.run).Statement : statement.Condition.NumericLessThanEquals["sagemaker:MaxRuntimeInSeconds"] == "3600" && statement.Condition["ForAllValues:StringEquals"] == { "sagemaker:VpcSubnets" = ["subnet-0123456789abcdef0"], "sagemaker:VpcSecurityGroupIds" = ["sg-0123456789abcdef0"] } if startswith(statement.Sid, "Submit")])
    error_message = "Runtime, subnets and security groups of a job must be those of the environment."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(module.access.documents.run).Statement : alltrue([for key in ["sagemaker:InstanceTypes", "sagemaker:VpcSubnets", "sagemaker:VpcSecurityGroupIds"] : statement.Condition.Null[key] == "false"]) if startswith(statement.Sid, "Submit")])
    error_message = "ForAllValues lets a request without the key pass, so each has to be there."
  }

  assert {
    condition     = [for statement in jsondecode(module.access.documents.run).Statement : statement.Condition.ArnLike if statement.Sid == "SubmitOnVolumes"][0] == { "sagemaker:OutputKmsKey" = var.kms_key_arn, "sagemaker:VolumeKmsKey" = var.kms_key_arn }
    error_message = "Output and volumes must be encrypted with the key of the environment."
  }

  assert {
    condition     = length([for statement in jsondecode(module.access.documents.network).Statement : statement if contains(flatten([statement.Action]), "ec2:CreateVpc")]) == 0
    error_message = "In a given VPC, nobody needs to create one."
  }
}

run "who_may_take_them" {
  command = plan

  variables {
    principals = { freeze = ["arn:aws:iam::123456789012:role/on-call"] }
  }

  assert {
    condition     = [for statement in jsondecode(module.access.trust.freeze).Statement : statement.Sid] == ["Commands", "People", "WithTheTagsOfTheRole"] && [for statement in jsondecode(module.access.trust.plan).Statement : statement.Sid] == ["PullRequests", "FirstJobOfALaunch"]
    error_message = "People must get a role only where they are named."
  }
}

run "without_the_right_to_apply" {
  command = plan

  variables {
    launch_applies = false
    alarms         = { dashboard = true }
  }

  assert {
    condition     = module.access.attachments.launch == ["read", "lock", "gate", "run", "approve"] && module.access.attachments.plan == ["read", "gate"]
    error_message = "Where a platform team applies, the launch role must not."
  }

  assert {
    condition     = length([for statement in jsondecode(module.access.documents.cleanup).Statement : statement if statement.Sid == "DeleteArtifacts"]) == 0
    error_message = "Artifacts must be safe from the cleanup role unless somebody asks for it."
  }

  assert {
    condition     = [for statement in jsondecode(module.access.documents.boundary).Statement : statement.Resource if statement.Sid == "ReadInputsAndCheckpoints"][0][3] == "arn:aws:s3:::corpus-of-the-team/english/*"
    error_message = "The boundary must let the jobs read the environment's data, as a folder."
  }

  assert {
    condition     = length([for statement in jsondecode(module.access.documents.run).Statement : statement if statement.Action == ["cloudwatch:PutMetricData"] && try(statement.Condition.StringEquals["cloudwatch:namespace"], "") == "TrainingPipeline"]) == 1
    error_message = "With alarms, a launch publishes what they watch, and nothing else."
  }
}

run "a_keeper" {
  command = plan

  variables {
    keeper = { repository = "acme/training", connection_arn = "arn:aws:codeconnections:us-east-1:123456789012:connection/1-2", github_token = "ssm:/acme/github" }
  }

  assert {
    condition     = module.access.attachments.keeper == ["gate", "run", "keeper"] && module.access.attachments["keeper-events"] == ["keeper-events"]
    error_message = "The keeper submits under the conditions of the launch role and applies nothing; what starts it may do just that."
  }

  assert {
    condition     = jsondecode(module.access.trust.keeper).Statement[0].Principal == { Service = "codebuild.amazonaws.com" } && endswith(jsondecode(module.access.trust.keeper).Statement[0].Condition.ArnLike["aws:SourceArn"], ":project/finetune-test-keeper") && length(jsondecode(module.access.trust.keeper).Statement) == 1
    error_message = "Nobody but CodeBuild may take the keeper's role, and only for its project."
  }

  assert {
    condition     = length([for statement in jsondecode(module.access.documents.keeper).Statement : statement if length([for action in flatten([statement.Action]) : action if startswith(action, "s3:Put") || startswith(action, "s3:Delete")]) > 0]) == 0
    error_message = "Beside what a launch writes, the keeper must write nothing: no state, and no lock of it."
  }

  assert {
    condition     = [for statement in jsondecode(module.access.documents.keeper).Statement : [statement.Action, endswith(statement.Resource, ":parameter/acme/github")] if statement.Sid == "GetTheGitHubToken"] == [[["ssm:GetParameters"], true]]
    error_message = "The keeper must read the token of GitHub, and no other parameter."
  }

  assert {
    condition     = [for statement in jsondecode(module.access.documents.freeze).Statement : statement.Condition.ArnEquals["iam:PolicyARN"] if statement.Sid == "AttachTheDenialToTheKeeper"] == ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:policy/finetune-test-spend-freeze"]
    error_message = "A freeze must stop the keeper too."
  }
}

run "who_may_sign_approvals" {
  command = plan

  variables {
    keeper = { repository = "acme/training" }
  }

  assert {
    condition     = [for role, policies in module.access.attachments : role if contains(policies, "approve")] == ["launch"] && length([for document in values(module.access.documents) : document if strcontains(document, "kms:Sign")]) == 1
    error_message = "Nobody but the launch role may sign."
  }

  assert {
    condition     = [for statement in module.access.approval_key_policy.Statement : [statement.Effect, statement.Principal, statement.Condition] if contains(statement.Action, "kms:Sign")] == [["Deny", "*", { ArnNotEquals = { "aws:PrincipalArn" = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/finetune-test-launch" } }]]
    error_message = "The key itself must refuse everybody else, whatever their own policies allow."
  }

  assert {
    condition     = [for statement in module.access.approval_key_policy.Statement : length(statement.Condition.ArnEquals["aws:PrincipalArn"]) if contains(statement.Action, "kms:PutKeyPolicy")] == [4]
    error_message = "The roles of the environment must not change the key: what they launch is judged by it."
  }
}

run "somebody_must_be_able_to_take_them" {
  command = plan

  variables {
    github_repository = null
    principals        = { plan = ["arn:aws:iam::123456789012:role/engineers"] }
  }

  expect_failures = [var.principals]
}

run "whose_names_have_no_wildcards" {
  command = plan

  variables {
    state_key  = "training/*"
    principals = { launch = ["arn:aws:iam::123456789012:role/*"] }
  }

  expect_failures = [var.state_key, var.principals]
}
