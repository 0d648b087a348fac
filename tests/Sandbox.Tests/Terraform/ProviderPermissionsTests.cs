using System.Text.RegularExpressions;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Permissions;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;
using BuildPipeline.Sandbox.Tests.Authorization;

namespace BuildPipeline.Sandbox.Tests.Terraform;

/// <summary>What terraform's provider has to be allowed.</summary>
public sealed partial class ProviderPermissionsTests
{
    // Of infra/access, which is the administrator's, and of a Terraform that submits jobs itself.
    private static readonly string[] Others =
    [
        "aws_iam_openid_connect_provider", "aws_iam_policy", "aws_iam_role_policy_attachment", "aws_s3_object", "aws_sagemaker_training_job",
    ];

    private static readonly MapValue Tagged = MapValue.Empty.With("tags_all", MapValue.Empty.With("team", "blue"));

    private readonly TestRoles _roles = new();

    [Fact]
    public void Given_the_resources_of_infra_When_looked_up_Then_the_calls_for_each_are_known() => Assert.All(
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "infra"), "*.tf", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}tests{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => ResourceBlock().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Distinct().Except(Others),
        type => Assert.NotNull(ProviderPermissions.Of(type, ResourceOperation.Read, Request(MapValue.Empty))));

    [Theory]
    [InlineData("aws_vpc", "ec2:CreateVpc vpc/*", "ec2:CreateTags vpc/*")]
    [InlineData("aws_kms_key", "kms:CreateKey *", "kms:TagResource key/*")]
    [InlineData("aws_iam_role", "iam:CreateRole role/", "iam:TagRole role/")]
    [InlineData("aws_sns_topic", "sns:CreateTopic ", "sns:TagResource ")]
    [InlineData("aws_vpc_security_group_ingress_rule", "ec2:AuthorizeSecurityGroupIngress security-group-rule/*", "ec2:CreateTags security-group-rule/*")]
    public void Given_a_resource_with_tags_When_it_is_created_Then_creating_and_tagging_need_an_action_each(string type, string creation, string tagging)
    {
        var permissions = ProviderPermissions.Of(type, ResourceOperation.Create, Request(Tagged.With("enable_dns_support", true)))!.Take(2).ToList();

        Assert.Equal([creation, tagging], permissions.Select(permission => $"{permission.Action} {permission.Resource.Split(':')[^1]}"));
        Assert.All(permissions, permission => Assert.Equal(["blue"], permission.Keys["aws:RequestTag/team"]));
    }

    [Fact]
    public void Given_changed_tags_When_updated_Then_only_the_difference_is_asked_for()
    {
        var before = Tagged.With("id", "vpc-1");
        var after = before.With("tags_all", MapValue.Empty.With("owner", "me"));

        var update = ProviderPermissions.Of("aws_vpc", ResourceOperation.Update, new ResourceRequest(before, after, "us-east-1", TestRoles.Account))!.Take(2).ToList();

        Assert.Equal(["ec2:DeleteTags", "ec2:CreateTags"], update.Select(permission => permission.Action));
        Assert.Equal(["team"], update[0].Keys["aws:TagKeys"]);
        Assert.Equal(["me"], update[1].Keys["aws:RequestTag/owner"]);
    }

    [Fact]
    public void Given_a_session_When_it_may_not_is_over_or_asks_for_a_type_that_nobody_listed_Then_it_is_refused_and_the_administrator_is_not()
    {
        _roles.With(null);
        var now = DateTimeOffset.UnixEpoch;
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(now);
        var permissions = new ProviderPermissions(_roles.Authorizer(time), time);
        var caller = TestRoles.Session();
        var session = caller with { Session = caller.Session! with { ExpiresAt = now.AddHours(1) } };
        string Refusal(Caller who, string type) =>
            Assert.Throws<ResourceError>(() => permissions.Require(who, type, ResourceOperation.Read, Request(MapValue.Empty))).Message;

        permissions.Require(session: null, "aws_sqs_queue", ResourceOperation.Read, Request(MapValue.Empty));
        Assert.Contains("api error UnauthorizedOperation", Refusal(session, "aws_vpc"), StringComparison.Ordinal);
        Assert.Contains("aws_sqs_queue", Refusal(session, "aws_sqs_queue"), StringComparison.Ordinal);
        Assert.Contains("ExpiredToken", Refusal(caller, "aws_vpc"), StringComparison.Ordinal);
        Assert.Throws<ResourceError>(() => permissions.RequireSource(session, "aws_kms_key", Request(MapValue.Empty)));
    }

    private static ResourceRequest Request(MapValue state) => new(Prior: null, state, "us-east-1", TestRoles.Account);

    [GeneratedRegex("(?m)^resource \"(aws_[a-z0-9_]+)\"")]
    private static partial Regex ResourceBlock();
}
