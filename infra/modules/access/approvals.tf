# The key that signs approvals. It is here and not in infra/, so what a launch applies cannot replace it.
locals {
  approval_keys = {
    resource  = "${local.arn.kms}:key/*"
    condition = merge(local.resource_tags, { "aws:ResourceTag/purpose" = "approvals" })
  }

  approve = [{
    Sid       = "SignApprovals"
    Effect    = "Allow"
    Action    = ["kms:Sign"]
    Resource  = local.approval_keys.resource
    Condition = { StringEquals = merge(local.approval_keys.condition, { "kms:MessageType" = "DIGEST", "kms:SigningAlgorithm" = "ECDSA_SHA_256" }) }
  }]

  verify = [{
    Sid       = "VerifyApprovals"
    Effect    = "Allow"
    Action    = ["kms:GetPublicKey"]
    Resource  = local.approval_keys.resource
    Condition = { StringEquals = local.approval_keys.condition }
  }]

  approval_key_policy = {
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AccountDecidesByIam"
        Effect    = "Allow"
        Principal = { AWS = "${local.arn.iam}:root" }
        Action    = ["kms:*"]
        Resource  = "*"
      },
      {
        # Not even an administrator, unless they change this policy, which CloudTrail records.
        Sid       = "OnlyALaunchSigns"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["kms:Sign"]
        Resource  = "*"
        Condition = { ArnNotEquals = { "aws:PrincipalArn" = local.launch_role } }
      },
      {
        # These roles change and delete the keys with the environment's tags.
        Sid       = "RolesOfTheEnvironmentChangeNothing"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["kms:CreateAlias", "kms:CreateGrant", "kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource"]
        Resource  = "*"
        Condition = { ArnEquals = { "aws:PrincipalArn" = [for role in keys(local.roles) : "${local.arn.iam}:role/${var.name}-${role}"] } }
      },
    ]
  }
}

resource "aws_kms_key" "approvals" {
  description              = "Signs the approvals of ${var.name}"
  customer_master_key_spec = "ECC_NIST_P256"
  key_usage                = "SIGN_VERIFY"
  policy                   = jsonencode(local.approval_key_policy)
  deletion_window_in_days  = 30
  tags                     = merge(local.tags, { purpose = "approvals" })

  # A key policy may name roles that exist only.
  depends_on = [aws_iam_role.this]
}

resource "aws_kms_alias" "approvals" {
  name          = "alias/${var.name}-approvals"
  target_key_id = aws_kms_key.approvals.key_id
}
