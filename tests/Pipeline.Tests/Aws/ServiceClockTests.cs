using System.Globalization;
using BuildPipeline.Aws;
using BuildPipeline.Pipeline.Tests.Accounts;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Aws;

public sealed class ServiceClockTests
{
    private const string Identity = """
        <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::000000000000:user/a</Arn><UserId>a</UserId><Account>000000000000</Account></GetCallerIdentityResult></GetCallerIdentityResponse>
        """;

    [Fact]
    public async Task Given_AMachineWhoseClockIsWrong_When_TheTimeIsAsked_Then_ItIsThatOfTheService()
    {
        var told = new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);
        using var endpoint = new FakeAwsEndpoint(new Answer(200, Identity, ("Date", told.ToString("R", CultureInfo.InvariantCulture))));
        using var clients = TestAccount.Clients("us-east-1", new Uri(endpoint.Url));

        Assert.Equal(told, await new ServiceClock(clients, new FakeTimeProvider(told.AddDays(-400))).NowAsync(default));
    }
}
