using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Tests.Authorization;

namespace BuildPipeline.Sandbox.Tests.Identity;

/// <summary>A role's trust policy says who may assume it.</summary>
public sealed class RoleTrustTests
{
    private const string Target = "arn:aws:iam::000000000000:role/target";

    private readonly TestRoles _roles = new();

    [Theory]
    [InlineData("'AWS':'arn:aws:iam::000000000000:root'", "sts:AssumeRole", null)]
    [InlineData("'AWS':'arn:aws:iam::000000000000:user/sandbox'", "sts:AssumeRole", null)]
    [InlineData("'AWS':'arn:aws:iam::000000000000:role/launch'", "sts:AssumeRole", "AccessDenied")]
    [InlineData("'Service':'sagemaker.amazonaws.com'", "sts:AssumeRole", "AccessDenied")]
    [InlineData("'AWS':'arn:aws:iam::000000000000:root'", "sts:TagSession", "AccessDenied")]
    public void Given_a_trust_policy_When_the_user_assumes_the_role_Then_the_policy_decides(string principal, string action, string? code)
    {
        _roles.With(null, Target, Trust(principal, action));

        Assert.Equal(code, CodeOf(Caller.UserOf(TestRoles.Account)));
    }

    [Fact]
    public void Given_a_role_that_does_not_exist_When_assumed_Then_it_is_refused()
    {
        Assert.Equal("AccessDenied", CodeOf(Caller.UserOf(TestRoles.Account)));
        Assert.Equal("AccessDenied", Code(trust => trust.Require(RoleArn.Parse(Target), new WebIdentityToken("s", "a", TestRoles.Issuer), Call(caller: null))));
    }

    [Fact]
    public void Given_tags_When_a_role_is_assumed_Then_tagging_has_to_be_trusted_too()
    {
        _roles.With(null, Target, Trust("'AWS':'000000000000'", "sts:AssumeRole"));

        Assert.Equal("AccessDenied", CodeOf(Caller.UserOf(TestRoles.Account), """,'Tags':[{'Key':'team','Value':'blue'}]"""));
    }

    [Theory]
    [InlineData(null, "'AWS':'arn:aws:iam::000000000000:root'", "AccessDenied")]
    [InlineData("{'Effect':'Allow','Action':'sts:AssumeRole','Resource':'arn:aws:iam::000000000000:role/target'}", "'AWS':'arn:aws:iam::000000000000:root'", null)]
    [InlineData(null, "'AWS':'arn:aws:iam::000000000000:role/launch'", null)]
    public void Given_a_session_When_it_assumes_a_role_Then_its_own_policies_count_where_the_account_is_trusted(string? statements, string principal, string? code)
    {
        _roles.With(statements).With(null, Target, Trust(principal, "sts:AssumeRole"));

        Assert.Equal(code, CodeOf(TestRoles.Session()));
    }

    [Theory]
    [InlineData("repo:team/models:ref:refs/heads/main", "sts.amazonaws.com", TestRoles.Issuer, null)]
    [InlineData("repo:team/other", "sts.amazonaws.com", TestRoles.Issuer, "AccessDenied")]
    [InlineData("repo:team/models:ref:refs/heads/main", "elsewhere", TestRoles.Issuer, "InvalidIdentityToken")]
    [InlineData("repo:team/models:ref:refs/heads/main", "sts.amazonaws.com", "other.example", "InvalidIdentityToken")]
    public void Given_a_web_identity_When_it_assumes_a_role_Then_provider_audience_and_subject_decide(string subject, string audience, string issuer, string? code)
    {
        _roles.With(null, Target, $"{{'Effect':'Allow','Principal':{{'Federated':'arn:aws:iam::000000000000:oidc-provider/{TestRoles.Issuer}'}},'Action':'sts:AssumeRoleWithWebIdentity',"
            + $"'Condition':{{'StringLike':{{'{TestRoles.Issuer}:sub':'repo:team/models:*'}},'StringEquals':{{'{TestRoles.Issuer}:aud':'sts.amazonaws.com'}}}}}}");

        Assert.Equal(code, Code(trust => trust.Require(RoleArn.Parse(Target), new WebIdentityToken(subject, audience, "https://" + issuer), Call(caller: null))));
    }

    /// <summary>STS compares more claims of GitHub than the standard ones, and of nobody else.</summary>
    [Theory]
    [InlineData(TestRoles.GitHub, "team/models/.github/workflows/launch.yml@refs/heads/main", null)]
    [InlineData(TestRoles.GitHub, "team/models/.github/workflows/launch.yml@refs/heads/other", "AccessDenied")]
    [InlineData(TestRoles.GitHub, null, "AccessDenied")]
    [InlineData(TestRoles.Issuer, "team/models/.github/workflows/launch.yml@refs/heads/main", "AccessDenied")]
    public void Given_a_job_of_a_workflow_When_it_assumes_a_role_Then_the_file_and_its_branch_decide(string issuer, string? workflow, string? code)
    {
        _roles.With(null, Target, $"{{'Effect':'Allow','Principal':{{'Federated':'arn:aws:iam::000000000000:oidc-provider/{issuer}'}},'Action':'sts:AssumeRoleWithWebIdentity',"
            + $"'Condition':{{'StringLike':{{'{issuer}:job_workflow_ref':'team/models/.github/workflows/launch.yml@refs/heads/main'}}}}}}");
        var claims = new JsonObject { ["iss"] = "https://" + issuer, ["aud"] = "sts.amazonaws.com", ["sub"] = "repo:team/models:environment:gpu-spend", ["run_id"] = "7" };
        if (workflow is not null)
        {
            claims["job_workflow_ref"] = workflow;
        }

        var token = WebIdentityToken.Parse($"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}.x", DateTimeOffset.UnixEpoch);

        Assert.Equal(code, Code(trust => trust.Require(RoleArn.Parse(Target), token, Call(caller: null))));
    }

    [Fact]
    public void Given_a_session_longer_than_the_role_allows_When_asked_for_Then_it_is_refused()
    {
        _roles.With(null, Target, Trust("'AWS':'000000000000'", "sts:AssumeRole"));

        Assert.Equal("ValidationError", CodeOf(Caller.UserOf(TestRoles.Account), ",'DurationSeconds':7200"));
    }

    private string? CodeOf(Caller caller, string members = "") => Code(trust => trust.Require(RoleArn.Parse(Target), Call(caller, members)));

    private string? Code(Action<RoleTrust> require) =>
        Record.Exception(() => require(new RoleTrust(_roles, _roles.Authorizer(), new SandboxSettings("", TestRoles.Account)))) is AwsError refusal ? refusal.Code : null;

    private static AwsCall Call(Caller? caller, string members = "") =>
        new(JsonNode.Parse($"{{'RoleArn':'{Target}','RoleSessionName':'s'{members}}}".Replace('\'', '"'))!.AsObject(), "us-east-1", caller);

    private static string Trust(string principal, string action) => $"{{'Effect':'Allow','Principal':{{{principal}}},'Action':'{action}'}}";
}
