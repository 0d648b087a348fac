# A budget counts the tag team, which is a cost allocation tag only once it is activated in the payer account.
resource "aws_budgets_budget" "team" {
  for_each = var.budgets

  name         = "${var.name}-team-${each.key}"
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = tostring(each.value)
  limit_unit   = "USD"

  cost_filter {
    name   = "TagKeyValue"
    values = [format("user:team$%s", each.key)]
  }

  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 }

    content {
      notification_type         = notification.key
      threshold                 = notification.value
      threshold_type            = "PERCENTAGE"
      comparison_operator       = "GREATER_THAN"
      subscriber_sns_topic_arns = [aws_sns_topic.alarms.arn]
    }
  }

  # AWS Budgets checks that it may publish.
  depends_on = [aws_sns_topic_policy.alarms]
}
