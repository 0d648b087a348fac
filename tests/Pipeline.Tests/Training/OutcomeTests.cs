using Amazon.SageMaker;
using Amazon.SageMaker.Model;
using BuildPipeline.Training;

namespace BuildPipeline.Pipeline.Tests.Training;

public sealed class OutcomeTests
{
    [Theory]
    [InlineData("AlgorithmError: , exit code: 2", "2")]
    [InlineData("AlgorithmError: exit code: 137", "137")]
    public void Given_AProgramThatLeftNoText_When_ItsEndIsTold_Then_TheExitCodeIsNamedAndNothingIsEmpty(string reason, string code)
    {
        var outcome = Outcomes.From(Failed(reason))!;

        Assert.Equal(OutcomeKind.Failed, outcome.Kind);
        Assert.Contains($"code {code} ", outcome.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain(": ,", outcome.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CUDA out of memory")]
    [InlineData("CUDA out of memory.")]
    public void Given_AProgramThatLeftAText_When_ItsEndIsTold_Then_TheTextIsInItAsOneSentence(string text) =>
        Assert.Contains("CUDA out of memory, exit code: 1.", Outcomes.From(Failed($"AlgorithmError: {text}, exit code: 1"))!.Sentence, StringComparison.Ordinal);

    [Theory]
    [InlineData("AlgorithmError: SecretUnavailable - HF_TOKEN cannot be read from ssm:/team/token (ParameterNotFound), exit code: 1")]
    [InlineData("AlgorithmError: SecretUnavailable - HF_TOKEN cannot be read from ssm:/team/token (ParameterNotFound)")]
    public void Given_ASecretThatANodeCouldNotRead_When_ItsEndIsTold_Then_ItIsAnErrorOfItsOwnThatNamesTheParameter(string reason)
    {
        var outcome = Outcomes.From(Failed(reason))!;

        Assert.Equal((OutcomeKind.SecretUnavailable, "BP1540"), (outcome.Kind, Outcomes.ErrorOf(TestRuns.Intent with { Outcome = outcome.Kind }).Id));
        Assert.Contains("HF_TOKEN cannot be read from ssm:/team/token (ParameterNotFound)). ", outcome.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CapacityError: Unable to provision requested ML compute capacity", OutcomeKind.NoCapacity)]
    [InlineData("ResourceLimitExceeded: The account-level service limit", OutcomeKind.Quota)]
    [InlineData("AlgorithmError: ResourceLimitExceeded, InsufficientCapacity and CapacityError: all in my own words, exit code: 1", OutcomeKind.Failed)]
    public void Given_AFailureReason_When_ItsEndIsTold_Then_ItsCodeDecidesAndNotWhatAProgramSays(string reason, OutcomeKind kind) =>
        Assert.Equal(kind, Outcomes.From(Failed(reason))!.Kind);

    [Theory]
    [InlineData(0, "BP1543", ExitCode.NoCapacity)]
    [InlineData(30, "BP1535", ExitCode.StoppedShort)]
    public void Given_AWaitingTimeThatIsOver_When_ItsEndIsTold_Then_WhatRanDecidesTheError(int billed, string id, ExitCode exit)
    {
        var error = Outcomes.ErrorOf(TestRuns.Intent with { Outcome = OutcomeKind.MaxWait, BillableSeconds = billed });

        Assert.Equal((id, exit), (error.Id, error.ExitCode));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Given_AFinalMetricThatIsNoNumber_When_Seen_Then_TheRecordCanStillBeWritten(float value)
    {
        var job = Failed("x");
        job.FinalMetricDataList = [new MetricData { MetricName = "bad", Value = value }, new MetricData { MetricName = "good", Value = 1.5f }];

        var attempt = JobState.Seen(TestRuns.Intent, job, null);

        Assert.Equal("good", Assert.Single(attempt.ServiceMetrics).Key);
        Assert.NotEmpty(System.Text.Json.JsonSerializer.Serialize(attempt, RunJson.Indented));
    }

    private static DescribeTrainingJobResponse Failed(string reason) => new()
    {
        TrainingJobStatus = TrainingJobStatus.Failed,
        SecondaryStatus = SecondaryStatus.Failed,
        FailureReason = reason,
    };
}
