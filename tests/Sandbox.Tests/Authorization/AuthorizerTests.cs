using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Tests.Authorization;

/// <summary>Calls of sessions are held against their role's policies; those of users are not.</summary>
public sealed class AuthorizerTests
{
    private const string Everything = "{'Effect':'Allow','Action':'*','Resource':'*'}";
    private const string JobArn = "arn:aws:sagemaker:us-east-1:000000000000:training-job/j";
    private const string TopicArn = "arn:aws:sns:us-east-1:000000000000:alerts";

    private readonly TestRoles _roles = new();

    [Theory]
    [InlineData("sagemaker", "ListTrainingJobs", "AccessDeniedException", 400)]
    [InlineData("logs", "DescribeLogGroups", "AccessDeniedException", 400)]
    [InlineData("cloudwatch", "ListMetrics", "AccessDenied", 403)]
    [InlineData("ec2", "DescribeTags", "UnauthorizedOperation", 403)]
    [InlineData("sns", "ListTopics", "AuthorizationError", 403)]
    [InlineData("service-quotas", "ListServiceQuotas", "AccessDeniedException", 400)]
    [InlineData("ssm", "DescribeParameters", "AccessDeniedException", 400)]
    [InlineData("iam", "ListRoles", "AccessDenied", 403)]
    public void Given_a_role_without_policies_When_its_session_calls_Then_the_service_refuses_in_its_code(string service, string operation, string code, int status)
    {
        _roles.With(null);

        var refusal = Assert.Throws<AwsError>(() => Call(service, operation));

        Assert.Equal((code, status), (refusal.Code, refusal.Status));
        Assert.Contains("no identity-based policy allows", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_the_caller_When_it_is_a_user_Then_nobody_asks_and_a_session_without_policies_is_an_error()
    {
        new AwsCall([], "us-east-1", Caller.UserOf(TestRoles.Account)).Authorize("sagemaker", "ListTrainingJobs");
        new AwsCall([], "us-east-1", Caller: null).Authorize("sagemaker", "ListTrainingJobs");

        Assert.Throws<InvalidOperationException>(() => new AwsCall([], "us-east-1", TestRoles.Session()).Authorize("sagemaker", "ListTrainingJobs"));
        Assert.Empty(_roles.Log.Entries);
    }

    [Fact]
    public void Given_an_operation_without_an_entry_When_a_session_calls_it_Then_it_is_refused_by_name()
    {
        _roles.With(Everything);

        Assert.Contains("sagemaker:CreateModel", Assert.Throws<AwsError>(() => Call("sagemaker", "CreateModel")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_role_that_is_gone_When_its_session_calls_Then_it_is_refused_and_one_of_another_account_is_not()
    {
        Assert.Throws<AwsError>(() => Call("sagemaker", "ListTrainingJobs"));
        Call("sagemaker", "ListTrainingJobs", caller: TestRoles.Session("111122223333"));
    }

    [Fact]
    public void Given_a_job_with_a_tag_When_the_policy_asks_for_it_Then_the_tag_of_the_resource_and_of_the_session_decide()
    {
        _roles.With("{'Effect':'Allow','Action':'sagemaker:StopTrainingJob','Resource':'*','Condition':{'StringEquals':{'aws:ResourceTag/team':'${aws:PrincipalTag/team}'}}}");
        _roles.Resources[JobArn] = new ResourceFacts(new Dictionary<string, string> { ["team"] = "blue" });

        Call("sagemaker", "StopTrainingJob", """{"TrainingJobName":"j"}""", TestRoles.Session(tags: ("team", "blue")));
        Assert.Throws<AwsError>(() => Call("sagemaker", "StopTrainingJob", """{"TrainingJobName":"j"}""", TestRoles.Session(tags: ("team", "red"))));
    }

    [Theory]
    [InlineData("{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::000000000000:role/launch'},'Action':'sns:Publish','Resource':'*'}", true)]
    [InlineData("{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::000000000000:root'},'Action':'sns:Publish','Resource':'*'}", false)]
    public void Given_a_topic_whose_policy_names_the_role_When_it_publishes_Then_that_suffices(string statement, bool isAllowed)
    {
        _roles.With(null);
        _roles.Resources[TopicArn] = new ResourceFacts(new Dictionary<string, string>(), $"{{\"Statement\":{statement.Replace('\'', '"')}}}");

        Assert.Equal(isAllowed, Record.Exception(() => Call("sns", "Publish", $$"""{"TopicArn":"{{TopicArn}}","Message":"m"}""")) is null);
    }

    [Fact]
    public void Given_equal_requests_When_recorded_Then_they_are_one_entry_with_what_is_needed_to_decide_again()
    {
        _roles.With("{'Effect':'Allow','Action':'cloudwatch:PutMetricData','Resource':'*','Condition':{'StringEquals':{'cloudwatch:namespace':'mine'}}}");

        Call("cloudwatch", "PutMetricData", """{"Namespace":"mine"}""");
        Call("cloudwatch", "PutMetricData", """{"Namespace":"mine"}""");
        Assert.Throws<AwsError>(() => Call("cloudwatch", "PutMetricData", """{"Namespace":"other"}"""));

        Assert.Equal([("allowed", 2), ("denied", 1)], _roles.Log.Entries.Select(entry => (entry.Decision, entry.Count)));
        var entry = _roles.Log.Entries[0];
        Assert.Equal((TestRoles.Arn, "cloudwatch:PutMetricData", "*"), (entry.Principal, entry.Action, entry.Resource));
        Assert.Equal(["mine"], entry.Keys["cloudwatch:namespace"]);
        Assert.DoesNotContain("aws:userid", entry.Keys.Keys);
    }

    [Fact]
    public void Given_policies_When_callers_are_decided_on_again_Then_a_text_is_compiled_once_until_another_is_put()
    {
        var policies = new RolePolicies(_roles.With(Everything), new SandboxSettings("", TestRoles.Account));

        var first = Assert.Single(policies.Of(TestRoles.Session()).Identity);
        Assert.Same(first, Assert.Single(policies.Of(TestRoles.Session(tags: ("team", "blue"))).Identity));

        _roles.With("{'Effect':'Deny','Action':'*','Resource':'*'}");
        Assert.NotSame(first, Assert.Single(policies.Of(TestRoles.Session()).Identity));
    }

    [Fact]
    public void Given_an_alias_of_a_key_When_the_key_is_used_by_it_Then_the_key_decides_and_of_the_alias_itself_the_alias()
    {
        const string Alias = "arn:aws:kms:us-east-1:000000000000:alias/a";
        const string Key = "arn:aws:kms:us-east-1:000000000000:key/k";
        _roles.With($"{{'Effect':'Allow','Action':'kms:*','Resource':'{Key}','Condition':{{'StringEquals':{{'aws:ResourceTag/purpose':'approvals'}}}}}}");
        _roles.Resources[Alias] = new ResourceFacts(new Dictionary<string, string> { ["purpose"] = "approvals" }) { Arn = Key };

        Call("kms", "Sign", """{"KeyId":"alias/a","Message":"YQ==","SigningAlgorithm":"ECDSA_SHA_256"}""");

        Assert.Throws<AwsError>(() => _roles.Authorizer().Require("kms", TestRoles.Session(), new Permission("kms:DeleteAlias", Alias), "us-east-1"));
    }

    private void Call(string service, string operation, string input = "{}", Caller? caller = null) =>
        new AwsCall(JsonNode.Parse(input)!.AsObject(), "us-east-1", caller ?? TestRoles.Session(), _roles.Authorizer()).Authorize(service, operation);
}
