# The account's IAM policies decide who may use the key; the execution role's policy names it.
data "aws_iam_policy_document" "key" {
  count = var.kms_key_arn == null ? 1 : 0

  statement {
    sid       = "AccountDecidesByIam"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${var.partition}:iam::${var.account_id}:root"]
    }
  }
}

resource "aws_kms_key" "artifacts" {
  count = var.kms_key_arn == null ? 1 : 0

  description             = "Training artifacts of ${var.name}"
  policy                  = data.aws_iam_policy_document.key[0].json
  enable_key_rotation     = true
  rotation_period_in_days = 365
  deletion_window_in_days = var.kms_key_deletion_window_days
}

resource "aws_kms_alias" "artifacts" {
  count = var.kms_key_arn == null ? 1 : 0

  name          = "alias/${var.name}-artifacts"
  target_key_id = aws_kms_key.artifacts[0].key_id
}

locals {
  kms_key_arn = var.kms_key_arn == null ? aws_kms_key.artifacts[0].arn : var.kms_key_arn
}
