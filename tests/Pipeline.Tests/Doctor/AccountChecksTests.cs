using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SageMaker;
using Amazon.SageMaker.Model;
using BuildPipeline.Aws;
using BuildPipeline.Doctor;
using BuildPipeline.Pipeline.Tests.Aws;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace BuildPipeline.Pipeline.Tests.Doctor;

public sealed class AccountChecksTests
{
    private const string TlsOnly = """{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}""";

    private static readonly CallerIdentity Caller = new("123456789012", "arn:aws:sts::123456789012:assumed-role/launch/me");

    [Theory]
    [InlineData("123456789012", null)]
    [InlineData("999999999999", "BP2204")]
    public void Given_Credentials_When_AccountsAreListed_Then_AnotherAccountFails(string allowed, string? error)
    {
        Assert.Equal(error, AccountChecks.Credentials(Caller, null, [allowed]).Error?.Id);
        Assert.Equal(CheckResult.Good, AccountChecks.Credentials(Caller, null, []).Result);
    }

    [Theory]
    [InlineData("SIGN_VERIFY", "1f", CheckResult.Good)]
    [InlineData("SIGN_VERIFY", null, CheckResult.Warning)]
    [InlineData("SIGN_VERIFY", "2f", CheckResult.Failed)]
    [InlineData("KEY_AGREEMENT", "1f", CheckResult.Failed)]
    public void Given_TheKeyOfApprovals_When_Judged_Then_ItHasToSignAndToBeTheTrustedOne(string usage, string? pinned, CheckResult result) =>
        Assert.Equal(result, AccountChecks.ApprovalKey(usage, "1f", pinned, "dev.approval-key.pem").Result);

    [Theory]
    [InlineData(59, CheckResult.Warning, "59 min")]
    [InlineData(60, CheckResult.Good, "1 h")]
    public void Given_CredentialsThatExpire_When_Judged_Then_TheTimeLeftIsSaid(int minutes, CheckResult result, string said)
    {
        var check = AccountChecks.Credentials(Caller, TimeSpan.FromMinutes(minutes), [Caller.Account]);

        Assert.Equal(result, check.Result);
        Assert.Contains(said, check.Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_CredentialsThatDoNotExpire_When_Read_Then_NoTimeIsKnown() => Assert.Null(
        await AccountProbe.ExpiryAsync(new AmazonS3Config { DefaultAWSCredentials = FakeClients.Credentials }, CancellationToken.None));

    [Theory]
    [InlineData(true, "AES256", true, CheckResult.Good, "AES256")]
    [InlineData(false, "AES256", true, CheckResult.Warning, "old versions")]
    [InlineData(true, "AES256", false, CheckResult.Warning, "TLS")]
    [InlineData(null, "AES256", null, CheckResult.Warning, "versioning, policy")]
    [InlineData(true, null, true, CheckResult.Warning, "encryption")]
    public void Given_AStateBucket_When_Judged_Then_WhatItLacksIsNamed(bool? versioned, string? encryption, bool? tls, CheckResult result, string named)
    {
        var check = AccountChecks.State(new StateBucketStatus("state", Exists: true, versioned, encryption, tls), "Create it.");

        Assert.Equal(result, check.Result);
        Assert.Contains(named, check.Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_AStateBucketWithoutDefaultEncryption_When_Checked_Then_ItFailsAndSaysHowToSetIt()
    {
        using var s3 = Substitute.For<IAmazonS3>();
        s3.GetBucketVersioningAsync(Arg.Any<GetBucketVersioningRequest>(), default).ReturnsForAnyArgs(new GetBucketVersioningResponse());
        s3.GetBucketEncryptionAsync(default!, default).ThrowsAsyncForAnyArgs(Refusal("ServerSideEncryptionConfigurationNotFoundError", HttpStatusCode.NotFound));
        s3.GetBucketPolicyAsync(Arg.Any<GetBucketPolicyRequest>(), default).ReturnsForAnyArgs(new GetBucketPolicyResponse { Policy = TlsOnly });

        var check = AccountChecks.State(await AccountProbe.StateAsync(s3, "state", CancellationToken.None), "Complete it so.");

        Assert.Equal(DoctorErrors.StateNotEncrypted, check.Error);
        Assert.Contains("encryption", check.Found, StringComparison.Ordinal);
        Assert.Contains("old versions", check.Found, StringComparison.Ordinal);
        Assert.EndsWith("Complete it so.", check.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_NoStateBucket_When_Judged_Then_ItFailsAndSaysHowToCreateIt()
    {
        var check = AccountChecks.State(new StateBucketStatus("state", Exists: false), "Create it so.");

        Assert.Equal("BP2205", check.Error?.Id);
        Assert.EndsWith("Create it so.", check.Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, CheckResult.Failed, "BP1403")]
    [InlineData(false, CheckResult.Warning, null)]
    public void Given_ADeniedCall_When_Judged_Then_ItFailsWhereARunNeedsIt(bool isNeeded, CheckResult result, string? error)
    {
        var check = AccountChecks.Permissions([new("sagemaker:ListTrainingJobs", IsNeeded: true, IsAllowed: true), new("logs:DescribeLogStreams", isNeeded, IsAllowed: false)]);

        Assert.Equal((result, error), (check.Result, check.Error?.Id));
        Assert.Contains("logs:DescribeLogStreams", check.Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TlsOnly, true)]
    [InlineData("""{"Statement":[]}""", false)]
    [InlineData("<Error><Code>NoSuchBucketPolicy</Code></Error>", false)]
    [InlineData(null, false)]
    public async Task Given_ABucketPolicy_When_Read_Then_ItIsKnownWhetherTlsIsRequired(string? policy, bool requires)
    {
        using var s3 = Substitute.For<IAmazonS3>();
        s3.GetBucketVersioningAsync(Arg.Any<GetBucketVersioningRequest>(), default).ReturnsForAnyArgs(new GetBucketVersioningResponse());
        s3.GetBucketEncryptionAsync(Arg.Any<GetBucketEncryptionRequest>(), default).ReturnsForAnyArgs(new GetBucketEncryptionResponse());
        s3.GetBucketPolicyAsync(Arg.Any<GetBucketPolicyRequest>(), default).ReturnsForAnyArgs(new GetBucketPolicyResponse { Policy = policy });

        Assert.Equal(requires, (await AccountProbe.StateAsync(s3, "state", CancellationToken.None)).RequiresTls);
    }

    [Fact]
    public async Task Given_ABucketThatIsMissingOrClosed_When_Read_Then_TheTwoAreToldApart()
    {
        using var s3 = Substitute.For<IAmazonS3>();
        s3.GetBucketVersioningAsync(Arg.Any<GetBucketVersioningRequest>(), default).ThrowsAsyncForAnyArgs(Refusal("AccessDenied", HttpStatusCode.Forbidden));
        s3.GetBucketEncryptionAsync(Arg.Any<GetBucketEncryptionRequest>(), default).ThrowsAsyncForAnyArgs(Refusal("AccessDenied", HttpStatusCode.Forbidden));
        s3.GetBucketPolicyAsync(Arg.Any<GetBucketPolicyRequest>(), default).ReturnsForAnyArgs(new GetBucketPolicyResponse { Policy = TlsOnly });

        Assert.Equal(new StateBucketStatus("state", Exists: true, null, null, RequiresTls: true), await AccountProbe.StateAsync(s3, "state", CancellationToken.None));

        s3.HeadBucketAsync(default!, default).ThrowsAsyncForAnyArgs(Refusal("NotFound", HttpStatusCode.NotFound));
        Assert.Equal(new StateBucketStatus("state", Exists: false), await AccountProbe.StateAsync(s3, "state", CancellationToken.None));
    }

    [Fact]
    public void Given_Freezes_When_Checked_Then_EachIsAWarningThatSaysWhy()
    {
        Assert.Equal(CheckResult.Good, Assert.Single(AccountChecks.Freezes([])).Result);

        var checks = AccountChecks.Freezes(["Environment aws is frozen: why", "Team vision is frozen: month"]);

        Assert.All(checks, check => Assert.Equal(CheckResult.Warning, check.Result));
        Assert.Equal([true, true], checks.Zip(["frozen: why", "frozen: month"], (check, why) => check.Found.Contains(why, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Given_CredentialsThatMayNotListJobs_When_Tried_Then_OnlyThatIsDenied()
    {
        var clients = Substitute.For<IAwsClients>();
        clients.SageMaker.ListTrainingJobsAsync(Arg.Any<ListTrainingJobsRequest>(), default)
            .ThrowsAsyncForAnyArgs(new AmazonSageMakerException("no", Amazon.Runtime.ErrorType.Sender, "AccessDeniedException", "", HttpStatusCode.BadRequest));

        var permissions = await AccountProbe.PermissionsAsync(clients, Substitute.For<IAmazonS3>(), "state", CancellationToken.None);

        Assert.Equal("sagemaker:ListTrainingJobs", Assert.Single(permissions, permission => !permission.IsAllowed).Action);
        Assert.True(permissions.Count > 1);
    }

    private static AmazonS3Exception Refusal(string code, HttpStatusCode status) => new("no", Amazon.Runtime.ErrorType.Sender, code, "", status);
}
