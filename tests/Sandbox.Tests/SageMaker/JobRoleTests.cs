using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.SageMaker.Execution;
using BuildPipeline.Sandbox.SageMaker.Jobs;

namespace BuildPipeline.Sandbox.Tests.SageMaker;

/// <summary>Jobs have in S3, in their network and in their log what their role has.</summary>
public sealed class JobRoleTests : IAsyncDisposable
{
    private const string Everything = "{'Effect':'Allow','Action':'*','Resource':'*'}";

    private readonly JobHarness _harness = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task Given_a_role_that_may_not_list_its_checkpoints_When_the_job_starts_Then_it_fails_with_the_refusal()
    {
        _harness.Roles.With(null, TestAccount.Role);

        await _harness.SubmitAsync(JobHarness.Request(nodes: 1));
        await _harness.UntilOverAsync();

        Assert.Equal(JobStatus.Failed, _harness.Job().Status);
        Assert.StartsWith("ClientError: Data download failed: AccessDenied: ", _harness.Job().FailureReason, StringComparison.Ordinal);
        Assert.Contains("s3:ListBucket", _harness.Job().FailureReason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3:PutObject", "Artifact upload failed")]
    [InlineData("ec2:CreateNetworkInterface", "Unable to start the instances")]
    public async Task Given_a_role_that_lacks_one_action_When_the_job_runs_Then_it_fails_where_the_action_is_needed(string action, string step)
    {
        _harness.Roles.With($"{Everything},{{'Effect':'Deny','Action':'{action}','Resource':'*'}}", TestAccount.Role);
        var request = JobHarness.Request(nodes: 1);
        request["VpcConfig"] = new JsonObject { ["Subnets"] = new JsonArray("subnet-1"), ["SecurityGroupIds"] = new JsonArray("sg-1") };

        await _harness.SubmitAsync(request);
        await _harness.UntilOverAsync();

        Assert.StartsWith($"ClientError: {step}: ", _harness.Job().FailureReason, StringComparison.Ordinal);
        Assert.Contains(action, _harness.Job().FailureReason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("logs:PutLogEvents", false)]
    [InlineData("sagemaker:StopTrainingJob", true)]
    public async Task Given_a_role_When_the_job_prints_Then_there_is_a_log_only_if_the_role_may_write_it(string denied, bool hasLog)
    {
        _harness.Roles.With($"{Everything},{{'Effect':'Deny','Action':'{denied}','Resource':'*'}}", TestAccount.Role);

        await _harness.SubmitAsync(JobHarness.Request(nodes: 1));
        await _harness.UntilOverAsync();

        Assert.Equal(JobStatus.Completed, _harness.Job().Status);
        Assert.Equal(hasLog, _harness.Platform.Stores.Logs.In("us-east-1").Exists(NodeCluster.LogGroup));
    }
}
