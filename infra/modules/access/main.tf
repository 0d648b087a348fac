locals {
  # GitHub's jobs may run for six hours. A session that another role begins ends after one, whatever its role says; the pipeline renews it.
  roles = {
    plan    = { description = "Plans ${var.name}: reads", hours = 1, policies = ["read", "gate"] }
    launch  = { description = "Launches approved runs of ${var.name}", hours = 6, policies = concat(["read", "lock", "gate", "run", "approve"], var.launch_applies ? concat(["network", "apply"], var.has_keeper ? ["keeper-setup"] : []) : []) }
    cleanup = { description = "Stops the jobs of ${var.name} and destroys its infrastructure", hours = 2, policies = ["read", "lock", "cleanup"] }
    freeze  = { description = "Freezes the spending of ${var.name}, and stops its jobs", hours = 1, policies = ["freeze"] }
  }

  policies = merge({
    read    = { description = "Reads what ${var.name} has", statements = local.read }
    lock    = { description = "Holds the lock of the state of ${var.name}", statements = local.lock }
    gate    = { description = "Looks up prices and quotas for runs of ${var.name}", statements = local.gate }
    run     = { description = "Submits and follows training jobs of ${var.name} within the limits of team ${var.team}", statements = local.run }
    approve = { description = "Signs approvals of ${var.name}", statements = local.approve }
    network = { description = "Creates and changes the network of ${var.name}", statements = local.apply_network }
    apply   = { description = "Creates and changes bucket, keys, execution role and alarms of ${var.name}", statements = local.apply }
    cleanup = { description = "Stops jobs and deletes the infrastructure of ${var.name}", statements = local.cleanup }
    freeze  = { description = "Sets and releases spend freezes of ${var.name}", statements = local.freeze }
  }, local.keeper_policies)

  # Attached to no role here: the boundary is the execution role's, and Freeze attaches the denial to the roles that start jobs.
  limits = {
    boundary     = { description = "The most that the execution role of ${var.name} can be given", statements = local.boundary_statements }
    spend-freeze = { description = "Denies whatever begins to cost", statements = local.spend_freeze_statements }
  }

  documents = { for name, policy in merge(local.policies, local.limits) : name => jsonencode({ Version = "2012-10-17", Statement = policy.statements }) }

  attachments = merge([for role, settings in merge(local.roles, local.service_roles) : { for policy in settings.policies : "${role}-${policy}" => { role = role, policy = policy } }]...)
}

resource "aws_iam_role" "this" {
  for_each = merge(local.roles, local.service_roles)

  name                 = "${var.name}-${each.key}"
  description          = each.value.description
  assume_role_policy   = merge(local.trust, local.service_trust)[each.key]
  max_session_duration = each.value.hours * 3600

  # The policies compare them.
  tags = local.tags
}

resource "aws_iam_policy" "this" {
  for_each = merge(local.policies, local.limits)

  name        = "${var.name}-${each.key}"
  description = each.value.description
  policy      = local.documents[each.key]

  lifecycle {
    precondition {
      condition     = length(local.documents[each.key]) <= 6144
      error_message = "The policy ${var.name}-${each.key} has ${length(local.documents[each.key])} characters, and IAM allows 6144: name fewer instance families, subnets or data locations."
    }
  }
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = local.attachments

  role       = aws_iam_role.this[each.value.role].name
  policy_arn = aws_iam_policy.this[each.value.policy].arn
}
