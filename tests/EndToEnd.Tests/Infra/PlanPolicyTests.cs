using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.EndToEnd.Tests.Infra;

/// <summary>The policy finds a plan that is wrong, and lets the same plan pass without the mistake.</summary>
public sealed class PlanPolicyTests
{
    private const string Tagged = """{"team":"research","environment":"dev"}""";

    [Theory]
    [InlineData("public: a", "aws_s3_bucket_public_access_block", """{"block_public_acls":true,"block_public_policy":true,"ignore_public_acls":true,"restrict_public_buckets":false}""", """{"block_public_acls":true,"block_public_policy":true,"ignore_public_acls":true,"restrict_public_buckets":true}""")]
    [InlineData("public: a", "aws_subnet", """{"map_public_ip_on_launch":true}""", """{"map_public_ip_on_launch":false}""")]
    [InlineData("public: a", "aws_vpc_security_group_ingress_rule", """{"cidr_ipv4":"0.0.0.0/0"}""", """{"cidr_ipv4":"10.0.0.0/8"}""")]
    [InlineData("public: a", "aws_vpc_security_group_egress_rule", """{"cidr_ipv6":"::/0"}""", """{"cidr_ipv6":null}""")]
    [InlineData("public: a", "aws_security_group", """{"ingress":[{"cidr_blocks":["0.0.0.0/0"]}]}""", """{"ingress":[]}""")]
    [InlineData("public: a", "aws_s3_bucket_policy", """{"policy":"{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\"}}"}""", """{"policy":"{\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"*\"}}"}""")]
    [InlineData("public: a", "aws_kms_key", """{"enable_key_rotation":true,"deletion_window_in_days":7,"policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[\"*\"]}}]}"}""", """{"enable_key_rotation":true,"deletion_window_in_days":7,"policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::123456789012:root\"}}]}"}""")]
    [InlineData("public: a", "aws_sns_topic_policy", """{"policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"}}]}"}""", """{"policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},\"Condition\":{\"StringEquals\":{\"aws:PrincipalAccount\":\"123456789012\"}}}]}"}""")]
    [InlineData("unencrypted: a", "aws_s3_bucket_server_side_encryption_configuration", """{"rule":[{"apply_server_side_encryption_by_default":[{"sse_algorithm":"AES256"}]}]}""", """{"rule":[{"apply_server_side_encryption_by_default":[{"sse_algorithm":"aws:kms"}]}]}""")]
    [InlineData("unencrypted: a", "aws_sns_topic", """{"kms_master_key_id":null}""", """{"kms_master_key_id":"alias/topic"}""")]
    [InlineData("unencrypted: a", "aws_kms_key", """{"enable_key_rotation":false,"deletion_window_in_days":7}""", """{"enable_key_rotation":true,"deletion_window_in_days":7}""")]
    [InlineData("unencrypted: a", "aws_sagemaker_training_job", """{"output_data_config":[{"s3_output_path":"s3://b/p"}]}""", """{"output_data_config":[{"kms_key_id":"arn:aws:kms:us-east-1:123456789012:key/k"}]}""")]
    [InlineData("public: a", "aws_codebuild_project", """{"encryption_key":"arn:aws:kms:us-east-1:123456789012:key/k","project_visibility":"PUBLIC_READ"}""", """{"encryption_key":"arn:aws:kms:us-east-1:123456789012:key/k","project_visibility":"PRIVATE"}""")]
    [InlineData("unencrypted: a", "aws_codebuild_project", """{"encryption_key":null}""", """{"encryption_key":"arn:aws:kms:us-east-1:123456789012:key/k"}""")]
    [InlineData("untagged: a", "aws_vpc", """{"tags_all":{"team":"research"}}""", $$"""{"tags_all":{{Tagged}}}""")]
    [InlineData("not kept: a", "aws_s3_bucket_versioning", """{"versioning_configuration":[{"status":"Suspended"}]}""", """{"versioning_configuration":[{"status":"Enabled"}]}""")]
    [InlineData("not kept: a", "aws_cloudwatch_log_group", """{"retention_in_days":null}""", """{"retention_in_days":90}""")]
    [InlineData("secret: resource_changes.change.after.environment.DB_PASSWORD (plan)", "aws_vpc", """{"environment":{"DB_PASSWORD":"swordfish7"}}""", """{"environment":{"DB_HOST":"database"}}""")]
    public void Given_AMistake_When_Judged_Then_ItIsFoundAndTheSamePlanWithoutItIsNot(string finding, string type, string wrong, string right)
    {
        Assert.Equal([finding], PlanPolicy.Violations(Plan((type, wrong))));
        Assert.Empty(PlanPolicy.Violations(Plan((type, right))));
    }

    [Theory]
    [InlineData("aws_internet_gateway")]
    [InlineData("aws_eip")]
    [InlineData("aws_route")]
    public void Given_AWayToTheInternet_When_Judged_Then_ItIsFound(string type) => Assert.Equal(["public: a"], PlanPolicy.Violations(Plan((type, "{}"))));

    [Theory]
    [InlineData("aws_s3_bucket_server_side_encryption_configuration", "unencrypted: a")]
    [InlineData("aws_s3_bucket_versioning", "not kept: a")]
    [InlineData("aws_s3_bucket_lifecycle_configuration", "not kept: a")]
    public void Given_ABucketWithoutASetting_When_Judged_Then_ItIsFound(string missing, string finding)
    {
        (string Type, string After)[] bucket =
        [
            ("aws_s3_bucket", """{"bucket":"b","force_destroy":false}"""),
            ("aws_s3_bucket_server_side_encryption_configuration", """{"bucket":"b","rule":[{"apply_server_side_encryption_by_default":[{"sse_algorithm":"aws:kms"}]}]}"""),
            ("aws_s3_bucket_versioning", """{"bucket":"b","versioning_configuration":[{"status":"Enabled"}]}"""),
            ("aws_s3_bucket_lifecycle_configuration", """{"bucket":"b","rule":[]}"""),
        ];

        Assert.Empty(PlanPolicy.Violations(Plan(bucket)));
        Assert.Equal([finding], PlanPolicy.Violations(Plan([.. bucket.Where(part => part.Type != missing)])));
    }

    [Fact]
    public void Given_AKeyThatIsKnownAfterTheApply_When_Judged_Then_TheTopicIsEncrypted() => Assert.Empty(PlanPolicy.Violations(Parse(
        """{"resource_changes":[{"address":"a","mode":"managed","type":"aws_sns_topic","change":{"after":{},"after_unknown":{"kms_master_key_id":true}}}]}""")));

    // The first resource is a, the next b, and so on.
    private static JsonElement Plan(params (string Type, string After)[] resources) => Parse(new JsonObject
    {
        ["resource_changes"] = new JsonArray([.. resources.Select((resource, at) => new JsonObject
        {
            ["address"] = ((char)('a' + at)).ToString(),
            ["mode"] = "managed",
            ["type"] = resource.Type,
            ["change"] = new JsonObject { ["after"] = JsonNode.Parse(resource.After), ["after_unknown"] = new JsonObject() },
        })]),
    }.ToJsonString());

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
