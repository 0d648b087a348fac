# Imports of what nobody has created.

import {
  to = aws_s3_bucket.a
  id = "nobody-made-this"
}

resource "aws_s3_bucket" "a" {
  bucket = "nobody-made-this"
}

import {
  to = aws_s3_bucket_versioning.a
  id = "nobody-made-this"
}

resource "aws_s3_bucket_versioning" "a" {
  bucket = "nobody-made-this"

  versioning_configuration {
    status = "Enabled"
  }
}

import {
  to = aws_s3_object.a
  id = "nobody-made-this/a.txt"
}

resource "aws_s3_object" "a" {
  bucket = "nobody-made-this"
  key    = "a.txt"
}

import {
  to = aws_cloudwatch_log_group.a
  id = "nobody-made-this"
}

resource "aws_cloudwatch_log_group" "a" {
  name = "nobody-made-this"
}

import {
  to = aws_kms_key.a
  id = "00000000-0000-0000-0000-000000000000"
}

resource "aws_kms_key" "a" {}

import {
  to = aws_vpc.a
  id = "vpc-0123456789abcdef0"
}

resource "aws_vpc" "a" {
  cidr_block = "10.0.0.0/16"
}
