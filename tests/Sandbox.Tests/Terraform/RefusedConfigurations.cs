using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Terraform;

/// <summary>Configurations that are refused, and why. Each is a module of one root, so one run of terraform meets all of a kind.</summary>
public sealed class RefusedConfigurations
{
    private const string Trust =
        """jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })""";

    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _runs = [];

    /// <summary>Refused without a look at the account.</summary>
    public static TheoryData<string, string> Validated { get; } = new()
    {
        { """resource "aws_vpc" "x" { cidr_blocks = "10.0.0.0/16" }""", "Unsupported argument" },
        { """resource "aws_subnet" "x" { cidr_block = "10.0.0.0/24" }""", "The argument \"vpc_id\" is required" },
        { """resource "aws_s3_bucket_versioning" "x" { bucket = "abc" }""", "Insufficient versioning_configuration blocks" },
        { """resource "aws_elasticache_cluster" "x" {}""", "does not support resource type" },
        { """resource "aws_vpc" "x" { cidr_block = "10.0.0.1/16" }""", "did you mean \"10.0.0.0/16\"?" },
        { """resource "aws_vpc" "x" { cidr_block = "10.0.0.0/8" }""", "between 16 and 28 significant bits, got: 8" },
        { """resource "aws_vpc" "x" { cidr_block = "somewhere" }""", "invalid CIDR address: somewhere" },
        { """resource "aws_s3_bucket" "x" { bucket = "Capitals" }""", "only lowercase alphanumeric characters" },
        { """resource "aws_s3_bucket" "x" { bucket = "ab" }""", "from 3 to 63 characters" },
        { """resource "aws_s3_bucket" "x" { bucket = "10.0.0.1" }""", "must not be formatted as an IP address" },
        { """resource "aws_cloudwatch_log_group" "x" { retention_in_days = 31 }""", "expected retention_in_days to be one of [0 1 3 5" },
        {
            """resource "aws_kms_key" "x" { deletion_window_in_days = 3 }""",
            "expected deletion_window_in_days to be in the range (7 - 30), got 3"
        },
        {
            """
            resource "aws_kms_alias" "x" {
              name          = "artifacts"
              target_key_id = "k"
            }
            """,
            "must begin with 'alias/'"
        },
        { """resource "aws_iam_policy" "x" { policy = "{" }""", "\"policy\" contains an invalid JSON policy" },
        { """resource "aws_iam_role" "x" { assume_role_policy = "[]" }""", "not a JSON object" },
        {
            """
            resource "aws_vpc_security_group_ingress_rule" "x" {
              security_group_id = "sg-1"
              ip_protocol       = "-1"
            }
            """,
            "one of `cidr_ipv4,cidr_ipv6,prefix_list_id,referenced_security_group_id` must be specified"
        },
        {
            """
            resource "aws_security_group" "x" {
              name        = "a"
              name_prefix = "b"
            }
            """,
            "conflicts with name_prefix"
        },
        { """resource "aws_vpc" "x" { tags = { "aws:mine" = "x" } }""", "cannot begin with aws:" },
        {
            """
            data "aws_iam_policy_document" "x" {
              statement { effect = "Perhaps" }
            }
            """,
            "expected effect to be one of [Allow Deny], got Perhaps"
        },
    };

    /// <summary>Data sources of what does not exist.</summary>
    public static TheoryData<string, string> Planned { get; } = new()
    {
        { """data "aws_vpc" "x" { id = "vpc-0123456789abcdef0" }""", "no matching EC2 VPC found" },
        { """data "aws_iam_role" "x" { name = "nobody" }""", "reading IAM Role (nobody): couldn't find resource" },
        { """data "aws_s3_bucket" "x" { bucket = "nowhere" }""", "reading S3 Bucket (nowhere): couldn't find resource" },
        { """data "aws_ssm_parameter" "x" { name = "/none" }""", "reading SSM Parameter (/none): couldn't find resource" },
    };

    /// <summary>Refused by the services.</summary>
    public static TheoryData<string, string> Applied { get; } = new()
    {
        {
            """
            resource "aws_subnet" "x" {
              vpc_id     = "vpc-0123456789abcdef0"
              cidr_block = "10.0.0.0/24"
            }
            """,
            "InvalidVpcID.NotFound"
        },
        {
            """
            resource "aws_vpc" "x" { cidr_block = "10.60.0.0/16" }
            resource "aws_subnet" "x" {
              vpc_id     = aws_vpc.x.id
              cidr_block = "10.61.0.0/24"
            }
            """,
            "InvalidSubnet.Range"
        },
        {
            """
            resource "aws_vpc" "x" { cidr_block = "10.60.0.0/16" }
            resource "aws_subnet" "x" {
              count      = 2
              vpc_id     = aws_vpc.x.id
              cidr_block = "10.60.0.0/24"
            }
            """,
            "InvalidSubnet.Conflict"
        },
        {
            """resource "aws_s3_bucket" "x" { bucket = "sandbox-terraform-state" }""",
            "creating S3 Bucket (sandbox-terraform-state): operation error S3: CreateBucket, https response error StatusCode: 409, api error BucketAlreadyOwnedByYou"
        },
        {
            """
            resource "aws_s3_bucket_policy" "x" {
              bucket = "nowhere-to-be-found"
              policy = "{}"
            }
            """,
            "NoSuchBucket"
        },
        {
            $$"""
            resource "aws_iam_role" "x" {
              count              = 2
              name               = "twice"
              assume_role_policy = {{Trust}}
            }
            """,
            "EntityAlreadyExists"
        },
        {
            $$"""
            resource "aws_iam_role" "x" {
              name               = "sandbox-training"
              assume_role_policy = {{Trust}}
            }
            """,
            "EntityAlreadyExists"
        },
        {
            """
            resource "aws_iam_role_policy_attachment" "x" {
              role       = "nobody"
              policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
            }
            """,
            "NoSuchEntity"
        },
        {
            $$"""
            resource "aws_iam_role" "x" {
              name                = "managed-by-aws"
              assume_role_policy  = {{Trust}}
              managed_policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
            }
            """,
            "The sandbox does not emulate policies that AWS manages: 'arn:aws:iam::aws:policy/ReadOnlyAccess'"
        },
        {
            """
            resource "aws_kms_key" "x" {}
            resource "aws_cloudwatch_log_group" "x" {
              name       = "encrypted"
              kms_key_id = aws_kms_key.x.arn
            }
            """,
            "The sandbox does not emulate 'kmsKeyId' of CreateLogGroup"
        },
        {
            """
            resource "aws_s3_bucket" "x" { bucket = "refused-settings-1" }
            resource "aws_s3_bucket_lifecycle_configuration" "x" {
              bucket = aws_s3_bucket.x.bucket
              rule {
                id     = "nothing"
                status = "Enabled"
                filter {}
              }
            }
            """,
            "At least one action needs to be specified in a rule"
        },
        {
            """
            resource "aws_s3_bucket" "x" { bucket = "refused-settings-2" }
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
            "a KMSMasterKeyID is not applicable"
        },
        {
            """
            resource "aws_s3_bucket" "x" { bucket = "refused-settings-3" }
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
            "The sandbox does not emulate the condition 'StringNotEquals' on 'aws:SourceVpce'"
        },
        {
            """
            resource "aws_s3_bucket" "x" {
              bucket = "refused-settings-4"
              tags   = { for i in range(60) : "key-${i}" => "" }
            }
            """,
            "Bucket tag count cannot be greater than 50"
        },
        {
            """
            resource "aws_vpc" "x" { cidr_block = "10.60.0.0/16" }
            resource "aws_vpc_endpoint" "x" {
              vpc_id       = aws_vpc.x.id
              service_name = "com.amazonaws.us-east-1.sts"
            }
            """,
            "does not match available service types"
        },
    };

    /// <summary>What terraform says of one of the configurations.</summary>
    /// <param name="all">The configurations that the command runs on at once.</param>
    /// <param name="command">The command of terraform.</param>
    public async Task<string> WhyAsync(SandboxFixture sandbox, TheoryData<string, string> all, string configuration, params string[] command)
    {
        if (!_runs.TryGetValue(command[0], out var run))
        {
            _runs[command[0]] = run = await RunAsync(sandbox, [.. all.Select(item => (string)item[0])], command);
        }

        return run.GetValueOrDefault(configuration, "nothing");
    }

    private static async Task<IReadOnlyDictionary<string, string>> RunAsync(SandboxFixture sandbox, IReadOnlyList<string> configurations, string[] command)
    {
        using var terraform = await TerraformFolder.OfModulesAsync(sandbox, configurations);
        var (exitCode, output) = await terraform.TryAsync([command[0], "-json", .. command[1..]]);
        Assert.Equal(1, exitCode);
        var said = command[0] == "validate" ? JsonNode.Parse(output)!["diagnostics"]!.AsArray().OfType<JsonNode>() : TerraformFolder.DiagnosticsOf(output);
        return said.Where(diagnostic => (string)diagnostic["severity"]! == "error")
            .ToLookup(diagnostic => Path.GetDirectoryName((string?)diagnostic["range"]?["filename"] ?? ""))
            .Where(of => !string.IsNullOrEmpty(of.Key))
            .ToDictionary(of => configurations[TerraformFolder.IndexOf(of.Key!)], of => string.Join('\n', of.Select(diagnostic => $"{diagnostic["summary"]}: {diagnostic["detail"]}")));
    }
}
