locals {
  role_name = "${var.name}-execution"

  # Known at plan time, so an approval can bind the role by its ARN before the role exists.
  role_arn = "arn:${var.partition}:iam::${var.account_id}:role/${local.role_name}"
}

# Only SageMaker may assume the role, for this account, and for jobs of this name: another account's jobs cannot borrow it.
data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "TrainingJobsOfThisName"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${var.partition}:sagemaker:${var.region}:${var.account_id}:training-job/${var.name}-*"]
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = local.role_name
  description          = "What SageMaker training jobs named ${var.name}-* may do"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.permissions_boundary_arn

  lifecycle {
    postcondition {
      condition     = self.arn == local.role_arn
      error_message = "The role was created as ${self.arn}, but the training job names ${local.role_arn}."
    }
  }
}

# One policy a concern, so a review reads them one by one.
resource "aws_iam_role_policy" "storage" {
  name   = "storage"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.storage.json
}

resource "aws_iam_role_policy" "keys" {
  name   = "keys"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.keys.json
}

resource "aws_iam_role_policy" "network" {
  name   = "network"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.network.json
}

resource "aws_iam_role_policy" "telemetry" {
  name   = "telemetry"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.telemetry.json
}

resource "aws_iam_role_policy" "secrets" {
  count = length(local.secret_arns) == 0 ? 0 : 1

  name   = "secrets"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.secrets[0].json
}

resource "aws_iam_role_policy" "image" {
  count = length(var.ecr_repository_arns) == 0 ? 0 : 1

  name   = "image"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.image[0].json
}
