using Amazon.Runtime;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Tasks;
using BuildPipeline.Training;

namespace BuildPipeline.Pipeline.Tests.Tasks;

public sealed class CredentialEndTests
{
    /// <summary>What ends a session, and what only a person can correct.</summary>
    public static TheoryData<Exception, bool> Causes => new()
    {
        { TestRuns.SageMakerError("ExpiredTokenException", "expired"), true },
        { new AmazonClientException("Error calling AssumeRole", TestRuns.SageMakerError("ExpiredTokenException", "expired")), true },
        { new AmazonClientException("The SSO session associated with this profile has expired"), true },
        { TestRuns.SageMakerError("UnrecognizedClientException", "unknown key"), false },
        { new AmazonClientException("Error calling AssumeRole", TestRuns.SageMakerError("AccessDenied", "denied")), false },
        { TestRuns.SageMakerError("ThrottlingException", "slow down"), false },
    };

    [Theory]
    [MemberData(nameof(Causes))]
    public void Given_AFailure_When_ItIsAboutCredentials_Then_OnlyThoseThatWereGoodLeaveTheRunOpen(Exception cause, bool isEnd)
    {
        var failure = AwsErrors.ToPipelineException(cause, "writing the event", new PublicConnection("us-east-1"));

        Assert.Equal(isEnd, CredentialEnd.IsOf(failure));
        Assert.Equal(isEnd, CredentialEnd.IsOf(new PipelineException(TrainingErrors.NotRecorded, "Not recorded.", failure)));
    }

    [Fact]
    public void Given_AnOpenJob_When_TheCredentialsEnd_Then_ItSaysWhatRunsOnAndHowToContinue()
    {
        var run = TestRuns.Run with { Attempts = [TestRuns.Intent with { SubmittedAt = TestRuns.Start }] };
        var failure = AwsErrors.ToPipelineException(TestRuns.SageMakerError("ExpiredTokenException", "expired"), "checking the job", new PublicConnection("us-east-1"));

        var end = CredentialEnd.Describe(failure, run, "./build.sh --target=Launch --run=1");

        Assert.Equal((AccountErrors.EndedCredentials, ExitCode.StillRunning), (end.Code, end.ExitCode));
        Assert.All([run.RunId, TestRuns.Intent.JobName, "\n  ./build.sh --target=Launch --run=1"], text => Assert.Contains(text, end.Message, StringComparison.Ordinal));
    }
}
