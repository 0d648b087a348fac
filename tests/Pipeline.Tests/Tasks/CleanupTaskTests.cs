using System.Text.RegularExpressions;
using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using BuildPipeline.Accounts;
using BuildPipeline.Pipeline.Tests.Accounts;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Tasks;
using BuildPipeline.Terraform;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace BuildPipeline.Pipeline.Tests.Tasks;

public sealed partial class CleanupTaskTests
{
    private const string Bucket = "module.storage.aws_s3_bucket.this";

    private readonly FakeS3 _state = new();
    private readonly List<string> _steps = [];

    [Fact]
    public async Task Given_ARunningJob_When_CleanedUp_Then_ItStopsAfterThePlanIsSavedAndItsArtifactsStay()
    {
        using var flow = await LaunchedAsync();
        var job = flow.Call.Run.CurrentAttempt!.JobName;

        await flow.RunAsync(Cleanup(flow));

        Assert.Equal(["plan", "plan -destroy", $"stop {job}", "apply"], _steps);
        Assert.Equal(["-target=module.network", "-target=module.execution_role"], TargetsOf(flow));
        Assert.Equal([Bucket], flow.Terraform.State);
        Assert.False(flow.Bucket.IsEmpty);
        Assert.True(_state.Exists);
        Assert.Contains($"--target=Resume --run={flow.Call.Run.RunId}", flow.Console.Output.ReplaceLineEndings(""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_TheNameOfTheBucket_When_CleanedUp_Then_ArtifactsAndStateBucketGoTooInThisOrder()
    {
        using var flow = await LaunchedAsync($"--purge-artifacts={TestRuns.Bucket}");
        var job = flow.Call.Run.CurrentAttempt!.JobName;

        await flow.RunAsync(Cleanup(flow));

        Assert.Equal(["plan", "plan -destroy", $"stop {job}", "delete artifacts", "apply"], _steps);
        Assert.Empty(TargetsOf(flow));
        Assert.Empty(flow.Terraform.State);
        Assert.True(flow.Bucket.IsEmpty);
        Assert.False(_state.Exists);
    }

    [Fact]
    public async Task Given_TheNameOfAnotherBucket_When_CleanedUp_Then_NothingIsStoppedDeletedOrDestroyed()
    {
        using var flow = await LaunchedAsync("--purge-artifacts=another");
        var state = flow.Terraform.State.ToList();

        Assert.Equal(TerraformErrors.OtherBucket, await flow.FailAsync(Cleanup(flow)));

        Assert.Equal(["plan"], _steps);
        Assert.Equal(state, flow.Terraform.State);
        Assert.False(flow.Bucket.IsEmpty);
    }

    [Fact]
    public async Task Given_APlanThatFails_When_CleanedUp_Then_TheJobKeepsRunning()
    {
        using var flow = await LaunchedAsync();
        Watch(flow, "plan -destroy", "Error: request send failed");

        Assert.Equal(TerraformErrors.Failed, await flow.FailAsync(Cleanup(flow)));

        Assert.Empty(flow.Jobs.Stopped);
        Assert.DoesNotContain("apply", _steps);
    }

    [Fact]
    public async Task Given_AnEmptyBucketAndNoJob_When_CleanedUp_Then_EverythingGoes()
    {
        using var flow = await AppliedAsync();

        await flow.RunAsync(Cleanup(flow));

        Assert.Equal(["plan", "plan -destroy", "apply"], _steps);
        Assert.Empty(TargetsOf(flow));
        Assert.Empty(flow.Terraform.State);
    }

    [Fact]
    public async Task Given_NoInfrastructure_When_CleanedUp_Then_NothingIsDestroyedAndTheOwnStateBucketGoes()
    {
        using var flow = await FlowFixture.StartedAsync(Account, "--target=Cleanup");
        Watch(flow);

        await flow.RunAsync(Cleanup(flow));

        Assert.Equal(["plan"], _steps);
        Assert.False(_state.Exists);
        Assert.Empty(flow.Jobs.Stopped);
    }

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, "state")]
    public async Task Given_TheLastResource_When_CleanedUp_Then_AStateBucketThatStaysIsNamed(bool isOwn, string remaining)
    {
        using var flow = await FlowFixture.StartedAsync(new TestAccount { OwnsStateBucket = isOwn }, "--target=Cleanup");
        Watch(flow);

        await flow.RunAsync(Cleanup(flow));

        Assert.Equal(!isOwn, _state.Exists);
        Assert.Equal(remaining, RemainingPattern().Match(flow.Console.Output).Groups[1].Value);
    }

    [Fact]
    public async Task Given_AConfigurationThatCannotBePlanned_When_CleanedUp_Then_WhatIsInTheStateIsDestroyed()
    {
        using var flow = await AppliedAsync();
        Watch(flow, "plan", "Error: Invalid value for variable");

        await flow.RunAsync(Cleanup(flow));

        Assert.Equal(["plan", "plan -destroy", "apply"], _steps);
        Assert.Empty(flow.Terraform.State);
    }

    [Fact]
    public async Task Given_CredentialsThatExpired_When_CleanedUp_Then_TerraformIsNotStarted()
    {
        using var flow = await AppliedAsync();
        flow.Clients.CheckCredentialsAsync(default).ThrowsAsyncForAnyArgs(new PipelineException(AccountErrors.ExpiredCredentials, "They expired."));

        Assert.Equal(AccountErrors.ExpiredCredentials, await flow.FailAsync(Cleanup(flow)));

        Assert.Empty(flow.Terraform.Commands);
    }

    [Theory]
    [InlineData(true, true, 1)]
    [InlineData(true, false, 1)]
    [InlineData(false, true, 0)]
    public async Task Given_AnAlarmOfARun_When_CleanedUp_Then_ItGoesWhereTheEnvironmentHasAlarmsAndAFailureHoldsNothingUp(bool hasAlarms, bool isAllowed, int deleted)
    {
        using var flow = await LaunchedAsync();
        var alarm = $"{TestRuns.Job.Name}-{TestRuns.RunId}-heartbeat";
        flow.Terraform.Outputs = FakeTerraform.OutputsOf(TestRuns.Job with { Alarms = hasAlarms ? new() { TopicArn = "arn", HeartbeatMinutes = 5, DetachedHours = 24 } : null });
        flow.Clients.CloudWatch.DescribeAlarmsAsync(default!, default).ReturnsForAnyArgs(new DescribeAlarmsResponse { MetricAlarms = [new MetricAlarm { AlarmName = alarm }] });
        if (!isAllowed)
        {
            flow.Clients.CloudWatch.DeleteAlarmsAsync(default!, default).ThrowsAsyncForAnyArgs(new AmazonCloudWatchException("Denied"));
        }

        await flow.RunAsync(Cleanup(flow));

        await flow.Clients.CloudWatch.Received(deleted).DeleteAlarmsAsync(Arg.Is<DeleteAlarmsRequest>(request => request.AlarmNames.Single() == alarm), Arg.Any<CancellationToken>());
        Assert.Equal("apply", _steps[^1]);
    }

    [GeneratedRegex("the state bucket (\\S+)")]
    private static partial Regex RemainingPattern();

    private static TestAccount Account => new() { OwnsStateBucket = true };

    private static IEnumerable<string> TargetsOf(FlowFixture flow) =>
        flow.Terraform.Commands.Single(command => command.Contains("-destroy")).Where(argument => argument.StartsWith("-target=", StringComparison.Ordinal));

    private async Task<FlowFixture> AppliedAsync(params string[] options)
    {
        var flow = await FlowFixture.AppliedAsync(Account, ["--target=Cleanup", .. options]);
        flow.Terraform.State.AddRange(["module.network.aws_vpc.this", "module.network.aws_subnet.this", Bucket, "module.execution_role.aws_iam_role.this"]);
        flow.Terraform.Outputs = FakeTerraform.OutputsOf(TestRuns.Job);
        Watch(flow);
        flow.Jobs.OnStop = job => _steps.Add($"stop {job}");
        flow.Bucket.OnDelete = () => _steps.Add("delete artifacts");
        return flow;
    }

    private async Task<FlowFixture> LaunchedAsync(params string[] options)
    {
        var flow = await AppliedAsync(options);
        await flow.Submission.RunAsync(default);
        return flow;
    }

    // What changes nothing and saves nothing is not a step.
    private void Watch(FlowFixture flow, string? failing = null, string? printed = null) => flow.Terraform.OnCommand = command =>
    {
        if (command is not ("plan" or "apply"))
        {
            return null;
        }

        _steps.Add(flow.Terraform.Commands[^1].Contains("-destroy") ? "plan -destroy" : command);
        return _steps[^1] == failing ? printed : null;
    };

    private CleanupTask Cleanup(FlowFixture flow)
    {
        var clients = TestRuns.Clients();
        _state.Attach(clients.S3);
        var remainder = new CleanupRemainder(flow.Call, flow.Account, flow.Stack, new StateBucket(flow.Account, flow.Files, clients));
        return new(flow.Call, flow.Files, flow.Stack, flow.Adoption, flow.TakeOver, remainder, flow.Clients);
    }
}
