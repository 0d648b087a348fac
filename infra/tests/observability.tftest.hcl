# Alarms, notices, dashboard and budgets, and that there are none unasked.

variables {
  region             = "us-east-1"
  environment        = "test"
  team               = "research"
  training_image_uri = "123456789012.dkr.ecr.us-east-1.amazonaws.com/finetune:1.0"
  training_data_uri  = "docs"
  instance_type      = "ml.g5.xlarge"
  max_run_cost_usd   = 5

  # Set explicitly, so a terraform.tfvars next to the code cannot change what is tested.
  name_prefix         = "finetune"
  allowed_account_ids = []
  use_spot_instances  = true
  max_runtime_seconds = 3600
  max_wait_seconds    = null
  vpc_id              = null
  private_subnet_ids  = []
  s3_prefix_list_id   = null
  teams = {
    research = { usd_per_month = 500 }
    product  = { usd_per_month = 50.5 }
    students = { max_nodes = 1 }
  }
}

run "none_unasked" {
  command = plan

  assert {
    condition     = length(module.observability) == 0 && output.training_job.alarms == null
    error_message = "Without alarms, nothing of them may exist or be billed, and no metric be published."
  }
}

run "defaults" {
  command = plan

  variables {
    alarms = {}
  }

  assert {
    condition     = output.training_job.alarms == { topic_arn = "arn:${data.aws_partition.current.partition}:sns:us-east-1:${data.aws_caller_identity.current.account_id}:finetune-test-alarms", heartbeat_minutes = 5, detached_hours = 24 }
    error_message = "What a run needs has to be known before anything exists, to be approved."
  }

  assert {
    condition     = module.observability[0].billed == { metric_alarms = 6, composite_alarms = 1, dashboards = 0 }
    error_message = "Each threshold has an alarm, and a dashboard is asked for by name."
  }
}

run "switched_off" {
  command = plan

  variables {
    alarms = { elapsed_percent = 0, stall_percent = 0, goodput_percent = 0, spend_percent = 0, interruptions_per_hour = 0, gpu_percent = 0, heartbeat_minutes = 0, detached_hours = 0, job_states = [] }
  }

  assert {
    condition     = module.observability[0].billed == { metric_alarms = 0, composite_alarms = 0, dashboards = 0 }
    error_message = "A threshold of 0 must leave out its alarm, and no alarms need no composite one."
  }
}

run "module" {
  command = plan

  module {
    source = "./modules/observability"
  }

  variables {
    name               = "finetune-test"
    account_id         = "123456789012"
    partition          = "aws"
    execution_role_arn = "arn:aws:iam::123456789012:role/finetune-test-execution"
    budgets            = { research = 500, product = 50.5 }
    alarms = {
      emails                 = ["training@example.com"]
      webhook_url            = "https://hooks.example.com:8443/training"
      job_states             = ["Failed", "Stopped"]
      dashboard              = true
      elapsed_percent        = 200
      stall_percent          = 400
      goodput_percent        = 50
      spend_percent          = 90
      interruptions_per_hour = 4
      gpu_percent            = 5
      heartbeat_minutes      = 5
      detached_hours         = 24
    }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.run["stalled"].threshold == 400 && aws_cloudwatch_metric_alarm.run["stalled"].metric_name == "CheckpointAgeAgainstRhythm" && aws_cloudwatch_metric_alarm.run["stalled"].dimensions == tomap({ Environment = "finetune-test", Team = "research" })
    error_message = "An alarm watches the metric of its environment with its own threshold."
  }

  assert {
    condition     = alltrue([for alarm in values(aws_cloudwatch_metric_alarm.run) : alarm.treat_missing_data == "notBreaching" && length(alarm.alarm_description) <= 1024 && strcontains(alarm.alarm_description, "What to do: ")])
    error_message = "Each alarm must be quiet between runs, and say what to do in the 1,024 characters that there are."
  }

  assert {
    condition     = aws_cloudwatch_composite_alarm.person[0].alarm_rule == join(" OR ", [for name in ["gpu-idle", "interruptions", "low-goodput", "running-long", "spend", "stalled"] : "ALARM(\"finetune-test-${name}\")"])
    error_message = "The composite alarm must have all of them."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.job["Failed"].event_pattern).detail == { RoleArn = ["arn:aws:iam::123456789012:role/finetune-test-execution"], TrainingJobStatus = ["Failed"] }
    error_message = "Only this environment's jobs may be told of."
  }

  assert {
    condition     = alltrue([for target in values(aws_cloudwatch_event_target.job) : can(jsondecode(target.input_transformer[0].input_template))])
    error_message = "EventBridge takes a text in quotes."
  }

  assert {
    condition     = length(aws_sns_topic_subscription.email) == 1 && aws_sns_topic_subscription.webhook[0].protocol == "https" && aws_sns_topic.alarms.signature_version == 2
    error_message = "Each address gets a subscription, and messages are signed with SHA-256."
  }

  assert {
    condition     = length(data.aws_iam_policy_document.topic.statement) == 6 && length(data.aws_iam_policy_document.key.statement) == 3
    error_message = "Three services may publish, and the roles that drive runs."
  }

  assert {
    condition     = aws_budgets_budget.team["product"].limit_amount == "50.5" && contains(one([for filter in aws_budgets_budget.team["research"].cost_filter : filter.values]), "user:team$research")
    error_message = "A team's budget has its limit and counts its tag."
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.environment[0].dashboard_body).widgets) == 12
    error_message = "The dashboard shows alarms, metrics and nodes."
  }
}
