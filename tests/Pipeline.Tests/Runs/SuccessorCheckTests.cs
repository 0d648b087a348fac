using System.Net;
using Amazon.Runtime;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Tasks;

namespace BuildPipeline.Pipeline.Tests.Runs;

public sealed class SuccessorCheckTests
{
    [Theory]
    [InlineData(ExitCode.BadConfiguration, true)]
    [InlineData(ExitCode.Refused, true)]
    [InlineData(ExitCode.NotApproved, true)]
    [InlineData(ExitCode.NoCapacity, true)]
    [InlineData(ExitCode.Failed, false)]
    [InlineData(ExitCode.StillRunning, false)]
    public void Given_ARefusal_When_Judged_Then_ItIsFinalUnlessTimeMayCureIt(ExitCode code, bool isFinal) =>
        Assert.Equal(isFinal, SuccessorCheck.IsFinal(new PipelineException(new ErrorCode("BP0000", code, "", ""), "No.")));

    [Fact]
    public void Given_ExpiredSignIn_When_ASubmissionFails_Then_TheRunCanBeContinuedAfterSigningIn()
    {
        var connection = new PublicConnection("us-east-1");
        var signIn = AwsErrors.ToPipelineException(new AmazonClientException("Failed to resolve AWS credentials."), "submitting", connection);
        var setting = AwsErrors.ToPipelineException(new AmazonClientException("Value for ServiceURL is not a valid URL."), "submitting", connection);

        Assert.Equal(
            [(ExitCode.BadConfiguration, false), (ExitCode.BadConfiguration, true)],
            new[] { signIn, setting }.Select(failure => (failure.ExitCode, SuccessorCheck.IsFinal(failure))));
    }

    [Theory]
    [InlineData("NoSuchBucket", HttpStatusCode.NotFound, true)]
    [InlineData("SlowDown", HttpStatusCode.ServiceUnavailable, false)]
    [InlineData("AccessDenied", HttpStatusCode.Forbidden, false)]
    public void Given_AnAnswerOfS3_When_TheUploadsCannotBeVerified_Then_OnlyADestroyedBucketEndsTheRun(string code, HttpStatusCode status, bool isFinal)
    {
        var answer = new AmazonServiceException("No.", null, ErrorType.Sender, code, "request", status);

        Assert.Equal(isFinal, SuccessorCheck.IsFinal(AwsErrors.ToPipelineException(answer, "checking the uploaded files", new PublicConnection("us-east-1"))));
    }
}
