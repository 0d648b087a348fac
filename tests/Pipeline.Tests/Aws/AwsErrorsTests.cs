using System.Net;
using Amazon.Runtime;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;

namespace BuildPipeline.Pipeline.Tests.Aws;

public sealed class AwsErrorsTests
{
    private static readonly AwsConnection Real = new PublicConnection("eu-west-1");
    private static readonly AwsConnection Sandbox = new SandboxConnection("us-east-1", new Uri("http://127.0.0.1:4566"));

    [Theory]
    [InlineData("ThrottlingException", 400, AwsErrorKind.Throttled)]
    [InlineData("SlowDown", 503, AwsErrorKind.Throttled)]
    [InlineData("AnythingNew", 429, AwsErrorKind.Throttled)]
    [InlineData("InternalFailure", 500, AwsErrorKind.Transient)]
    [InlineData("AnythingNew", 503, AwsErrorKind.Transient)]
    [InlineData("ExpiredTokenException", 400, AwsErrorKind.ExpiredCredentials)]
    [InlineData("InvalidClientTokenId", 403, AwsErrorKind.NoCredentials)]
    [InlineData("AccessDeniedException", 400, AwsErrorKind.AccessDenied)]
    [InlineData("AnythingNew", 403, AwsErrorKind.AccessDenied)]
    [InlineData("ResourceNotFound", 400, AwsErrorKind.NotFound)]
    [InlineData("NoSuchKey", 404, AwsErrorKind.NotFound)]
    [InlineData("ResourceInUse", 400, AwsErrorKind.InUse)]
    [InlineData("ResourceLimitExceeded", 400, AwsErrorKind.Quota)]
    [InlineData("ValidationException", 400, AwsErrorKind.Invalid)]
    [InlineData("Conflict", 409, AwsErrorKind.Other)]
    public void GivenAServiceError_WhenClassified_ThenCodeAndStatusDecide(string code, int status, AwsErrorKind expected) =>
        Assert.Equal(expected, AwsErrors.Classify(Error(code, "Something", status)));

    [Fact]
    public void GivenTheValidationErrorOfAnUnknownJob_WhenClassified_ThenItIsNotFound() =>
        Assert.Equal(AwsErrorKind.NotFound, AwsErrors.Classify(Error("ValidationException", "Requested resource not found.", 400)));

    [Fact]
    public void GivenACutConnection_WhenClassified_ThenItPassesWithTime()
    {
        Assert.True(AwsErrors.IsTransient(new HttpRequestException("Connection refused")));
        Assert.True(AwsErrors.IsTransient(new IOException("The response ended prematurely.")));
        Assert.True(AwsErrors.IsTransient(new TaskCanceledException("The operation timed out.")));
        Assert.True(AwsErrors.IsTransient(new AmazonServiceException("Unable to read the answer")));
    }

    [Fact]
    public void GivenCancellation_WhenAsked_ThenItIsNotFromAws()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.False(AwsErrors.IsAwsError(new OperationCanceledException(), cancelled.Token));
        Assert.True(AwsErrors.IsAwsError(new TaskCanceledException(), CancellationToken.None));
        Assert.False(AwsErrors.IsAwsError(new InvalidOperationException(), CancellationToken.None));
    }

    [Theory]
    [InlineData("ResourceLimitExceeded", ExitCode.NoCapacity)]
    [InlineData("ValidationException", ExitCode.BadConfiguration)]
    [InlineData("UnrecognizedClientException", ExitCode.BadConfiguration)]
    [InlineData("ExpiredToken", ExitCode.Failed)]
    [InlineData("AccessDenied", ExitCode.Failed)]
    [InlineData("Throttling", ExitCode.Failed)]
    [InlineData("InternalError", ExitCode.Failed)]
    public void GivenAServiceError_WhenExplained_ThenItIsOneLineWithItsExitCode(string code, ExitCode expected)
    {
        var failure = AwsErrors.ToPipelineException(Error(code, "First line\nsecond line", 400), "submitting the job x", Real);
        Assert.Equal(expected, failure.ExitCode);
        Assert.Contains("submitting the job x", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public void GivenNoCredentials_WhenExplained_ThenItSaysHowToSignIn()
    {
        var failure = AwsErrors.ToPipelineException(new AmazonClientException("Failed to resolve AWS credentials. The credential providers ..."), "asking", Real);
        Assert.Equal(ExitCode.BadConfiguration, failure.ExitCode);
        Assert.Contains("aws sso login", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("The webIdentityTokenFile must be an absolute path.", "Unable to find the \"default\" profile.", "(Unable to find the \"default\" profile)")]
    [InlineData("The role of the web identity is not known.", "The token of the SSO session expired", "(The role of the web identity is not known; The token of the SSO session expired)")]
    [InlineData("The webIdentityTokenFile must be an absolute path.", "The environment variables A/B were not set.", "(Failed to resolve AWS credentials)")]
    public void Given_SourcesWithoutCredentials_When_Explained_Then_OnlyThoseThatAreSetUpAreNamed(string first, string second, string cause)
    {
        var listed = "Failed to resolve AWS credentials. The credential providers used to search for credentials returned the following errors:\n\n"
            + $"Exception 1 of 3: {first}\nException 2 of 3: {second}\nException 3 of 3: Failed to connect to EC2 instance metadata to retrieve credentials: Unable to retrieve credentials..";

        var failure = AwsErrors.ToPipelineException(new AmazonClientException(listed), "asking", Real);

        Assert.Equal("BP1401", failure.Code.Id);
        Assert.StartsWith($"No valid AWS credentials for asking {cause}. ", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Unable to find the \"nobody\" profile.")]
    [InlineData("Value for ServiceURL is not a valid URL: notaurl.")]
    public void Given_ASettingThatTheSdkRefuses_When_Explained_Then_ItIsConfigurationAndNotTheNetwork(string words)
    {
        var failure = AwsErrors.ToPipelineException(new AmazonClientException(words), "asking", Real);
        Assert.Equal(ExitCode.BadConfiguration, failure.ExitCode);
        Assert.Contains(words.TrimEnd('.'), failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("network", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GivenARefusedSignature_WhenExplained_ThenNothingOfTheRequestIsRepeated()
    {
        var failure = AwsErrors.ToPipelineException(Error("SignatureDoesNotMatch", "The Canonical String was x-amz-security-token:abcdef", 403), "asking", Real);
        Assert.DoesNotContain("abcdef", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "the sandbox at 127.0.0.1:4566")]
    [InlineData(false, "AWS in eu-west-1")]
    public void GivenNoAnswer_WhenExplained_ThenThePlaceIsNamed(bool sandbox, string expected) =>
        Assert.Contains(expected, AwsErrors.ToPipelineException(new HttpRequestException("Connection refused"), "asking", sandbox ? Sandbox : Real).Message, StringComparison.Ordinal);

    private static AmazonServiceException Error(string code, string message, int status) =>
        new(message, null, ErrorType.Sender, code, "request", (HttpStatusCode)status);
}
