locals {
  # Built from names, so a first plan shows all policies.
  topic_name = "${var.name}-alarms"
  topic_arn  = "arn:${var.partition}:sns:${var.region}:${var.account_id}:${local.topic_name}"
  alarm_arn  = "arn:${var.partition}:cloudwatch:${var.region}:${var.account_id}:alarm:${var.name}"

  # Who may publish to the topic, and for what. To EventBridge, a statement with conditions does not apply.
  publishers = {
    cloudwatch = "${local.alarm_arn}-*"
    budgets    = "arn:${var.partition}:budgets::${var.account_id}:budget/${var.name}-*"
    events     = null
  }

  # The roles of infra/access that drive runs, by their names: they need not exist.
  drivers = [for role in ["keeper", "launch"] : "arn:${var.partition}:iam::${var.account_id}:role/${var.name}-${role}"]

  status = "./build.sh --target=Status --environment=${var.environment}"
}

resource "aws_sns_topic" "alarms" {
  name              = local.topic_name
  kms_master_key_id = aws_kms_key.topic.arn

  # SHA-256; version 1 is SHA-1.
  signature_version = 2
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.topic.json
}

data "aws_iam_policy_document" "topic" {
  dynamic "statement" {
    for_each = local.publishers

    content {
      sid       = "Publish${title(statement.key)}"
      actions   = ["sns:Publish"]
      resources = [local.topic_arn]

      principals {
        type        = "Service"
        identifiers = ["${statement.key}.amazonaws.com"]
      }

      dynamic "condition" {
        for_each = statement.value == null ? {} : { StringEquals = ["aws:SourceAccount", var.account_id], ArnLike = ["aws:SourceArn", statement.value] }

        content {
          test     = condition.key
          variable = condition.value[0]
          values   = [condition.value[1]]
        }
      }
    }
  }

  # A policy of its own replaces the one by which the account may use its topic.
  statement {
    sid       = "AccountDecidesByIam"
    actions   = ["sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:Publish", "sns:Subscribe"]
    resources = [local.topic_arn]

    principals {
      type        = "AWS"
      identifiers = ["arn:${var.partition}:iam::${var.account_id}:root"]
    }
  }

  # The pipeline itself tells of a run that needs a person.
  statement {
    sid       = "PublishOfDrivers"
    actions   = ["sns:Publish"]
    resources = [local.topic_arn]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values   = local.drivers
    }
  }

  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [local.topic_arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.alarms.emails

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}

# Its receiver confirms: it opens the SubscribeURL of SNS's first message. Until then it is pending, and holds up nothing.
resource "aws_sns_topic_subscription" "webhook" {
  count = var.alarms.webhook_url == null ? 0 : 1

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "https"
  endpoint  = var.alarms.webhook_url
}
