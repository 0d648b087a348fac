using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Terraform;

/// <summary>What the real provider refuses, refused in words like its own.</summary>
public sealed class TerraformRefusalTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private const string Trust = """jsonencode({ Version = "2012-10-17", Statement = [] })""";

    [SkippableTheory]
    [InlineData("""resource "aws_vpc" "x" { cidr_blocks = "10.0.0.0/16" }""", "Unsupported argument")]

    [InlineData("""resource "aws_subnet" "x" { cidr_block = "10.0.0.0/24" }""", "The argument \"vpc_id\" is required")]

    [InlineData("""resource "aws_s3_bucket_versioning" "x" { bucket = "abc" }""", "Insufficient versioning_configuration blocks")]

    [InlineData("""resource "aws_elasticache_cluster" "x" {}""", "does not support resource type")]

    [InlineData("""resource "aws_vpc" "x" { cidr_block = "10.0.0.1/16" }""", "did you mean \"10.0.0.0/16\"?")]

    [InlineData("""resource "aws_vpc" "x" { cidr_block = "10.0.0.0/8" }""", "between 16 and 28 significant bits, got: 8")]

    [InlineData("""resource "aws_vpc" "x" { cidr_block = "somewhere" }""", "invalid CIDR address: somewhere")]

    [InlineData("""resource "aws_s3_bucket" "x" { bucket = "Capitals" }""", "only lowercase alphanumeric characters")]

    [InlineData("""resource "aws_s3_bucket" "x" { bucket = "ab" }""", "from 3 to 63 characters")]

    [InlineData("""resource "aws_s3_bucket" "x" { bucket = "10.0.0.1" }""", "must not be formatted as an IP address")]

    [InlineData(
        """resource "aws_cloudwatch_log_group" "x" { retention_in_days = 31 }""", "expected retention_in_days to be one of [0 1 3 5")]

    [InlineData(
        """resource "aws_kms_key" "x" { deletion_window_in_days = 3 }""",
        "expected deletion_window_in_days to be in the range (7 - 30), got 3")]

    [InlineData(
        """
        resource "aws_kms_alias" "x" {
          name          = "artifacts"
          target_key_id = "k"
        }
        """,
        "must begin with 'alias/'")]
    [InlineData("""resource "aws_iam_policy" "x" { policy = "{" }""", "\"policy\" contains an invalid JSON policy")]

    [InlineData("""resource "aws_iam_role" "x" { assume_role_policy = "[]" }""", "not a JSON object")]

    [InlineData(
        """
        resource "aws_vpc_security_group_ingress_rule" "x" {
          security_group_id = "sg-1"
          ip_protocol       = "-1"
        }
        """,
        "one of `cidr_ipv4,cidr_ipv6,prefix_list_id,referenced_security_group_id` must be specified")]
    [InlineData(
        """
        resource "aws_security_group" "x" {
          name        = "a"
          name_prefix = "b"
        }
        """,
        "conflicts with name_prefix")]
    [InlineData("""resource "aws_vpc" "x" { tags = { "aws:mine" = "x" } }""", "cannot begin with aws:")]

    [InlineData(
        """
        data "aws_iam_policy_document" "x" {
          statement { effect = "Perhaps" }
        }
        """,
        "expected effect to be one of [Allow Deny], got Perhaps")]
    public async Task Given_a_wrong_configuration_When_validated_Then_it_is_refused_with_the_reason(string configuration, string reason)
    {
        using var terraform = await TerraformFolder.OfTextAsync(sandbox, "# written below");
        terraform.Write(configuration);

        var (exitCode, output) = await terraform.TryAsync("validate");

        Assert.Equal(1, exitCode);
        Assert.Contains(reason, Unwrapped(output), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(
        """
        resource "aws_subnet" "x" {
          vpc_id     = "vpc-0123456789abcdef0"
          cidr_block = "10.0.0.0/24"
        }
        """,
        "InvalidVpcID.NotFound")]
    [InlineData(
        """
        resource "aws_vpc" "x" { cidr_block = "10.60.0.0/16" }
        resource "aws_subnet" "x" {
          vpc_id     = aws_vpc.x.id
          cidr_block = "10.61.0.0/24"
        }
        """,
        "InvalidSubnet.Range")]
    [InlineData(
        """
        resource "aws_vpc" "x" { cidr_block = "10.60.0.0/16" }
        resource "aws_subnet" "x" {
          count      = 2
          vpc_id     = aws_vpc.x.id
          cidr_block = "10.60.0.0/24"
        }
        """,
        "InvalidSubnet.Conflict")]
    [InlineData(
        """resource "aws_s3_bucket" "x" { bucket = "sandbox-terraform-state" }""",
        "creating S3 Bucket (sandbox-terraform-state): operation error S3: CreateBucket, https response error StatusCode: 409, api error BucketAlreadyOwnedByYou")]

    [InlineData(
        """
        resource "aws_s3_bucket_policy" "x" {
          bucket = "nowhere-to-be-found"
          policy = "{}"
        }
        """,
        "NoSuchBucket")]
    [InlineData(
        $$"""
        resource "aws_iam_role" "x" {
          count              = 2
          name               = "twice"
          assume_role_policy = {{Trust}}
        }
        """,
        "EntityAlreadyExists")]
    [InlineData(
        $$"""
        resource "aws_iam_role" "x" {
          name               = "sandbox-training"
          assume_role_policy = {{Trust}}
        }
        """,
        "EntityAlreadyExists")]
    [InlineData(
        """
        resource "aws_iam_role_policy_attachment" "x" {
          role       = "nobody"
          policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
        }
        """,
        "NoSuchEntity")]
    [InlineData(
        """
        resource "aws_kms_key" "x" {}
        resource "aws_cloudwatch_log_group" "x" {
          name       = "encrypted"
          kms_key_id = aws_kms_key.x.arn
        }
        """,
        "The sandbox does not emulate 'kmsKeyId' of CreateLogGroup")]
    [InlineData(
        """
        resource "aws_s3_bucket" "x" { bucket = "refused-settings" }
        resource "aws_s3_bucket_lifecycle_configuration" "x" {
          bucket = aws_s3_bucket.x.bucket
          rule {
            id     = "nothing"
            status = "Enabled"
            filter {}
          }
        }
        """,
        "At least one action needs to be specified in a rule")]
    [InlineData(
        """
        resource "aws_s3_bucket" "x" { bucket = "refused-settings" }
        resource "aws_s3_bucket_server_side_encryption_configuration" "x" {
          bucket = aws_s3_bucket.x.bucket
          rule {
            apply_server_side_encryption_by_default {
              sse_algorithm     = "AES256"
              kms_master_key_id = "alias/aws/s3"
            }
          }
        }
        """,
        "a KMSMasterKeyID is not applicable")]
    [InlineData(
        """
        resource "aws_s3_bucket" "x" { bucket = "refused-settings" }
        resource "aws_s3_bucket_policy" "x" {
          bucket = aws_s3_bucket.x.bucket
          policy = jsonencode({
            Version = "2012-10-17"
            Statement = [{
              Effect    = "Deny"
              Principal = "*"
              Action    = "s3:GetObject"
              Resource  = "${aws_s3_bucket.x.arn}/*"
              Condition = { StringNotEquals = { "aws:SourceVpce" = "vpce-1" } }
            }]
          })
        }
        """,
        "The sandbox does not emulate the condition 'StringNotEquals' on 'aws:SourceVpce'")]
    [InlineData(
        """
        resource "aws_s3_bucket" "x" {
          bucket = "refused-settings"
          tags   = { for i in range(60) : "key-${i}" => "" }
        }
        """,
        "Bucket tag count cannot be greater than 50")]
    [InlineData(
        """
        resource "aws_vpc" "x" { cidr_block = "10.60.0.0/16" }
        resource "aws_vpc_endpoint" "x" {
          vpc_id       = aws_vpc.x.id
          service_name = "com.amazonaws.us-east-1.sts"
        }
        """,
        "does not match available service types")]
    [InlineData("""data "aws_vpc" "x" { id = "vpc-0123456789abcdef0" }""", "no matching EC2 VPC found")]

    [InlineData("""data "aws_iam_role" "x" { name = "nobody" }""", "reading IAM Role (nobody): couldn't find resource")]

    [InlineData("""data "aws_s3_bucket" "x" { bucket = "nowhere" }""", "reading S3 Bucket (nowhere): couldn't find resource")]

    [InlineData("""data "aws_ssm_parameter" "x" { name = "/none" }""", "reading SSM Parameter (/none): couldn't find resource")]

    public async Task Given_a_configuration_that_AWS_refuses_When_applied_Then_the_error_says_why(string configuration, string reason)
    {
        using var terraform = await TerraformFolder.OfTextAsync(sandbox, configuration);

        var (exitCode, output) = await terraform.TryAsync("apply", "-auto-approve", "-input=false");
        await terraform.DestroyAsync("-refresh=false");

        Assert.Equal(1, exitCode);
        Assert.Contains(reason, Unwrapped(output), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("""allowed_account_ids = ["123456789012"]""", "AWS account ID not allowed: 000000000000")]

    [InlineData("""forbidden_account_ids = ["000000000000"]""", "AWS account ID not allowed: 000000000000")]

    [InlineData("""region = "moon-1" """, "Invalid region value: moon-1")]

    public async Task Given_a_provider_that_is_not_meant_for_the_account_When_planned_Then_it_is_refused(string setting, string reason)
    {
        using var terraform = await TerraformFolder.OfTextAsync(sandbox, $$"""
            provider "aws" {
              {{setting}}
            }

            data "aws_caller_identity" "current" {}
            """, "provider.tf");

        var (exitCode, output) = await terraform.TryAsync("plan", "-input=false");

        Assert.Equal(1, exitCode);
        Assert.Contains(reason, Unwrapped(output), StringComparison.Ordinal);
    }

    /// <summary>Terraform breaks long sentences into lines.</summary>
    private static string Unwrapped(string output) => string.Join(' ', output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
