# What TerraformIdentityTests creates by another client.

provider "aws" {
  alias                       = "untagged"
  region                      = "us-east-1"
  skip_credentials_validation = true
}

locals {
  policy = "arn:aws:iam::000000000000:policy/made/policy"
  issuer = "arn:aws:iam::000000000000:oidc-provider/issuer.example"
}

import {
  to = aws_iam_policy.a
  id = local.policy
}

resource "aws_iam_policy" "a" {
  provider = aws.untagged
  name     = "policy"
  path     = "/made/"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }]
  })
}

import {
  to = aws_iam_role.a
  id = "made"
}

resource "aws_iam_role" "a" {
  provider             = aws.untagged
  name                 = "made"
  description          = "By hand"
  permissions_boundary = aws_iam_policy.a.arn
  tags                 = { made = "by-hand" }
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "sagemaker.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

import {
  to = aws_iam_role_policy.a
  id = "made:inline"
}

resource "aws_iam_role_policy" "a" {
  role = aws_iam_role.a.name
  name = "inline"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:PutObject", Resource = "*" }]
  })
}

import {
  to = aws_iam_role_policy_attachment.a
  id = "made/${local.policy}"
}

resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.a.name
  policy_arn = aws_iam_policy.a.arn
}

import {
  to = aws_iam_openid_connect_provider.a
  id = local.issuer
}

resource "aws_iam_openid_connect_provider" "a" {
  provider       = aws.untagged
  url            = "https://issuer.example"
  client_id_list = ["sts.amazonaws.com"]
}
