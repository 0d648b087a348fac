# Which jobs of which workflows may take the roles. Each run is a plan.

variables {
  region             = "us-east-1"
  environment        = "test"
  name_prefix        = "finetune"
  team               = "research"
  training_image_uri = "123456789012.dkr.ecr.us-east-1.amazonaws.com/finetune:1.0"
  training_data_uri  = "s3://corpus-of-the-team/english/"

  state_bucket      = "team-terraform-state"
  state_key         = "training/test/terraform.tfstate"
  github_repository = "acme/training"

  # Set explicitly, so a terraform.tfvars next to the code cannot change what is tested.
  allowed_account_ids         = []
  alarms                      = null
  keeper                      = null
  manage_training_log_group   = false
  kms_key_arn                 = null
  principals                  = {}
  github_subject              = null
  github_branch               = "main"
  github_environments         = {}
  github_workflow_condition   = true
  create_github_oidc_provider = false
}

run "each_role_has_its_jobs" {
  command = plan

  assert {
    condition = { for role in ["plan", "launch", "cleanup", "freeze"] : role => [for statement in jsondecode(module.access.trust[role]).Statement : [statement.Condition.StringEquals["token.actions.githubusercontent.com:sub"], statement.Condition.StringLike["token.actions.githubusercontent.com:job_workflow_ref"]]] } == {
      plan = [
        ["repo:acme/training:pull_request", "acme/training/.github/workflows/plan.yml@refs/pull/*/merge"],
        ["repo:acme/training:ref:refs/heads/main", "acme/training/.github/workflows/launch.yml@refs/heads/main"],
      ]
      launch = [
        ["repo:acme/training:environment:gpu-spend", "acme/training/.github/workflows/launch.yml@refs/heads/main"],
        ["repo:acme/training:environment:gpu-launch", "acme/training/.github/workflows/launch.yml@refs/heads/main"],
      ]
      cleanup = [["repo:acme/training:environment:gpu-cleanup", "acme/training/.github/workflows/cleanup.yml@refs/heads/main"]]
      freeze  = [["repo:acme/training:environment:gpu-freeze", "acme/training/.github/workflows/commands.yml@refs/heads/main"]]
    }
    error_message = "A role must be for the jobs of its workflow, of the main branch and behind its environment; only plans are for pull requests."
  }

  assert {
    condition     = alltrue(flatten([for role, statements in module.github.statements : [for statement in statements : statement.Condition.StringEquals["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com" && endswith(statement.Principal.Federated, ":oidc-provider/token.actions.githubusercontent.com")]]))
    error_message = "Each statement must be for GitHub's provider and its audience."
  }

  assert {
    condition     = length(module.github.statements.keeper) == 0 && length([for document in values(module.access.trust) : document if strcontains(document, "repo:acme/training:*")]) == 0
    error_message = "Nobody watches unless an environment is named, and no subject has a wildcard."
  }
}

run "a_workflow_that_watches" {
  command = plan

  variables {
    github_environments = { watch = "gpu-watch" }
  }

  assert {
    condition     = [for statement in jsondecode(module.access.trust.keeper).Statement : statement.Condition.StringEquals["token.actions.githubusercontent.com:sub"] if statement.Sid == "WorkflowsThatWatch"] == ["repo:acme/training:environment:gpu-watch"]
    error_message = "Jobs of that environment, and of no other, must get the keeper's role without a keeper in CodeBuild."
  }
}

run "a_repository_whose_subjects_have_ids" {
  command = plan

  variables {
    github_subject = "acme@123456/training@789012"
  }

  assert {
    condition     = [for statement in module.github.statements.launch : [statement.Condition.StringEquals["token.actions.githubusercontent.com:sub"], startswith(statement.Condition.StringLike["token.actions.githubusercontent.com:job_workflow_ref"], "acme/training/")]][0] == ["repo:acme@123456/training@789012:environment:gpu-spend", true]
    error_message = "The subject must have the ids; the reference of the workflow has the names."
  }
}

run "without_the_claim_of_the_workflow" {
  command = plan

  variables {
    github_workflow_condition = false
  }

  assert {
    condition     = alltrue([for statement in module.github.statements.launch : keys(statement.Condition) == ["StringEquals"]])
    error_message = "Where STS does not know the claim, a condition on it would lock everybody out."
  }
}

run "without_a_repository" {
  command = plan

  variables {
    github_repository = null
    principals        = { for role in ["plan", "launch", "cleanup", "freeze"] : role => ["arn:aws:iam::123456789012:role/engineers"] }
  }

  assert {
    condition     = length(flatten(values(module.github.statements))) == 0
    error_message = "Without a repository no job may take a role."
  }
}

run "the_provider" {
  command = plan

  variables {
    create_github_oidc_provider = true
  }

  assert {
    condition     = module.github.provider_created
    error_message = "The account must get GitHub's provider where it is asked for."
  }
}

run "subjects_have_both_ids" {
  command = plan

  variables {
    github_subject = "acme/training@1"
  }

  expect_failures = [var.github_subject]
}
