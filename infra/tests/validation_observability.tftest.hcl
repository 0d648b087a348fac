# Alarm settings that must be refused.

variables {
  region             = "us-east-1"
  environment        = "test"
  team               = "research"
  training_image_uri = "123456789012.dkr.ecr.us-east-1.amazonaws.com/finetune:1.0"
  training_data_uri  = "docs"
  instance_type      = "ml.g5.xlarge"
  max_run_cost_usd   = 5

  # Set explicitly, so a terraform.tfvars next to the code cannot change what is tested.
  allowed_account_ids = []
  teams               = {}
  use_spot_instances  = true
  max_runtime_seconds = 3600
  max_wait_seconds    = null
  vpc_id              = null
  private_subnet_ids  = []
  s3_prefix_list_id   = null
}

run "email_without_a_host" {
  command = plan
  variables {
    alarms = { emails = ["training"] }
  }
  expect_failures = [var.alarms]
}

run "email_with_a_name" {
  command = plan
  variables {
    alarms = { emails = ["Training <training@example.com>"] }
  }
  expect_failures = [var.alarms]
}

run "webhook_in_clear_text" {
  command = plan
  variables {
    alarms = { webhook_url = "http://hooks.example.com/training" }
  }
  expect_failures = [var.alarms]
}

run "webhook_without_scheme" {
  command = plan
  variables {
    alarms = { webhook_url = "hooks.example.com/training" }
  }
  expect_failures = [var.alarms]
}

run "webhook_with_credentials" {
  command = plan
  variables {
    alarms = { webhook_url = "https://user:word@hooks.example.com/training" }
  }
  expect_failures = [var.alarms]
}

run "webhook_with_a_query" {
  command = plan
  variables {
    alarms = { webhook_url = "https://hooks.example.com/training?token=x" }
  }
  expect_failures = [var.alarms]
}

run "other_state" {
  command = plan
  variables {
    alarms = { job_states = ["InProgress"] }
  }
  expect_failures = [var.alarms]
}

run "negative_threshold" {
  command = plan
  variables {
    alarms = { elapsed_percent = -1 }
  }
  expect_failures = [var.alarms]
}

run "spend_over_the_whole" {
  command = plan
  variables {
    alarms = { spend_percent = 101 }
  }
  expect_failures = [var.alarms]
}

run "part_of_a_percent" {
  command = plan
  variables {
    alarms = { spend_percent = 0.5 }
  }
  expect_failures = [var.alarms]
}

run "part_of_an_interruption" {
  command = plan
  variables {
    alarms = { interruptions_per_hour = 0.5 }
  }
  expect_failures = [var.alarms]
}

run "a_heartbeat_as_often_as_it_beats" {
  command = plan
  variables {
    alarms = { heartbeat_minutes = 1 }
  }
  expect_failures = [var.alarms]
}

run "budgets_without_limits" {
  command = plan
  variables {
    alarms = { team_budgets = true }
    teams  = { research = { max_nodes = 4 } }
  }
  expect_failures = [var.alarms]
}
