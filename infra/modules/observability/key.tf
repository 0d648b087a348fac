# AWS's own key for SNS lets no other service publish, and the artifacts' key should let none in. So the topic has its own.
data "aws_iam_policy_document" "key" {
  statement {
    sid       = "AccountDecidesByIam"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${var.partition}:iam::${var.account_id}:root"]
    }
  }

  # Its one use is the topic, whose policy says for what each of them may publish.
  statement {
    sid       = "PublishToTheTopic"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = [for service in keys(local.publishers) : "${service}.amazonaws.com"]
    }
  }

  statement {
    sid       = "PublishOfDrivers"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

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
}

# What it encrypts does not outlive its delivery, so it goes as soon as AWS allows.
resource "aws_kms_key" "topic" {
  description             = "Alarms of ${var.name}"
  policy                  = data.aws_iam_policy_document.key.json
  enable_key_rotation     = true
  rotation_period_in_days = 365
  deletion_window_in_days = 7
}

resource "aws_kms_alias" "topic" {
  name          = "alias/${local.topic_name}"
  target_key_id = aws_kms_key.topic.key_id
}
