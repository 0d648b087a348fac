using System.Net;
using BuildPipeline.Reporting.GitHub;
using NSubstitute;
using Octokit;

namespace BuildPipeline.Pipeline.Tests.Reporting.GitHub;

public sealed class GitHubFailureTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    public static TheoryData<Exception, GitHubReaction, int> Failures => new()
    {
        { new ApiException(Answer(HttpStatusCode.InternalServerError)), GitHubReaction.Retry, 2 },
        { new HttpRequestException(), GitHubReaction.Retry, 2 },
        { new SecondaryRateLimitExceededException(Answer(HttpStatusCode.Forbidden, ("Retry-After", "7"))), GitHubReaction.Retry, 7 },
        { new SecondaryRateLimitExceededException(Answer(HttpStatusCode.Forbidden)), GitHubReaction.Retry, 60 },
        { new ApiException(Answer(HttpStatusCode.TooManyRequests, ("retry-after", "9"))), GitHubReaction.Retry, 9 },
        { new RateLimitExceededException(Answer(HttpStatusCode.Forbidden, limit: new(5000, 0, Now.AddSeconds(30).ToUnixTimeSeconds()))), GitHubReaction.Retry, 30 },
        { new AuthorizationException(Answer(HttpStatusCode.Unauthorized)), GitHubReaction.Later, 0 },
        { new TaskCanceledException(), GitHubReaction.Later, 0 },
        { new ForbiddenException(Answer(HttpStatusCode.Forbidden)), GitHubReaction.Never, 0 },
        { new NotFoundException(Answer(HttpStatusCode.NotFound)), GitHubReaction.Never, 0 },
        { new ApiValidationException(Answer(HttpStatusCode.UnprocessableEntity)), GitHubReaction.Never, 0 },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Given_AFailure_When_Judged_Then_OnlyWhatPassesIsRetried(Exception exception, GitHubReaction reaction, int seconds) =>
        Assert.Equal(new(reaction, TimeSpan.FromSeconds(seconds)), GitHubFailure.Judge(exception, Now, tries: 2));

    private static IResponse Answer(HttpStatusCode status, (string Name, string Value)? header = null, RateLimit? limit = null)
    {
        var response = Substitute.For<IResponse>();
        response.StatusCode.Returns(status);
        response.Body.Returns("");
        response.ContentType.Returns("application/json");
        response.Headers.Returns(header is var (name, value) ? new Dictionary<string, string> { [name] = value } : []);
        response.ApiInfo.Returns(new ApiInfo(new Dictionary<string, Uri>(), [], [], "", limit ?? new(5000, 4999, 0)));
        return response;
    }
}
