using System.Net;
using System.Net.Sockets;
using Amazon.S3;
using Amazon.SageMaker;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Pipeline.Tests.Accounts;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Aws;

public sealed class AwsClientsTests
{
    [Fact]
    public void GivenTheSandbox_WhenClientsAreMade_ThenTheyPointAtItAndSignForTheRegion()
    {
        using var clients = TestAccount.Clients("eu-central-1", new Uri("http://127.0.0.1:4566"));
        foreach (var config in new[] { clients.S3.Config, clients.SageMaker.Config, clients.Logs.Config, clients.CloudWatch.Config, clients.SecurityToken.Config })
        {
            Assert.Equal(("http://127.0.0.1:4566/", "eu-central-1"), (config.ServiceURL, config.AuthenticationRegion));
        }

        Assert.True(((AmazonS3Config)clients.S3.Config).ForcePathStyle);
        Assert.Same(clients.SageMaker, clients.SageMaker);
        Assert.Equal(TimeSpan.FromSeconds(20), clients.SageMaker.Config.Timeout);
        Assert.Equal(TimeSpan.FromMinutes(1), clients.S3.Config.Timeout);
        Assert.True(clients.Uploads.Config.Timeout is null || clients.Uploads.Config.Timeout > TimeSpan.FromHours(1), "a large file takes its time");
    }

    [Fact]
    public void GivenAws_WhenClientsAreMade_ThenTheyAreOfItsRegion()
    {
        using var clients = new AwsClients(new TestAccount { Region = "eu-central-1" }, new NamedRegion(null));
        Assert.Equal("eu-central-1", ((AmazonSageMakerConfig)clients.SageMaker.Config).RegionEndpoint.SystemName);
        Assert.False(((AmazonS3Config)clients.S3.Config).ForcePathStyle);
    }

    [Fact]
    public void GivenARegionThatAPlanNames_WhenAClientIsFirstUsed_ThenItIsOfThatRegion()
    {
        var region = Substitute.For<IRegion>();
        region.Name.Returns((string?)null);
        using var clients = new AwsClients(new TestAccount(), region);
        Assert.Equal("us-east-1", clients.SecurityToken.Config.RegionEndpoint.SystemName);

        region.Name.Returns("eu-central-1");

        Assert.Equal("eu-central-1", clients.SageMaker.Config.RegionEndpoint.SystemName);
        Assert.Equal("eu-central-1", clients.Connection.Region);
    }

    [Fact]
    public void GivenASandboxThatRestartsOnAnotherPort_WhenAClientIsUsedAgain_ThenItIsOfThatPort()
    {
        var account = new TestAccount { Endpoint = new Uri("http://127.0.0.1:4566") };
        using var clients = new AwsClients(account, new NamedRegion(null));
        var before = clients.SageMaker;

        account.Endpoint = new Uri("http://127.0.0.1:4567");

        Assert.Equal("http://127.0.0.1:4567/", clients.SageMaker.Config.ServiceURL);
        Assert.Equal("http://127.0.0.1:4567/", clients.S3.Config.ServiceURL);
        Assert.NotSame(before, clients.SageMaker);
    }

    [Fact]
    public async Task Given_CredentialsOfAPerson_When_TheSandboxIsCalled_Then_ItGetsNoneOfThem()
    {
        using var endpoint = new FakeAwsEndpoint(new Answer(200, "{}"));
        using var clients = TestAccount.Clients("eu-central-1", new Uri(endpoint.Url));

        await clients.SageMaker.ListTrainingJobsAsync(new());
        await clients.Logs.DescribeLogStreamsAsync(new() { LogGroupName = "group" });

        Assert.Equal(2, endpoint.Requests.Count);
        Assert.All(endpoint.Requests, request => Assert.Contains("Credential=sandbox/", request.Authorization, StringComparison.Ordinal));
        Assert.All(endpoint.Requests, request => Assert.StartsWith("eu-central-1/", request.Scope, StringComparison.Ordinal));
    }

    [Fact]
    public async Task GivenNobodyListens_WhenCredentialsAreChecked_ThenTheSentenceNamesTheHost()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var host = taken.LocalEndPoint!.ToString()!;
        using var clients = TestAccount.Clients("us-east-1", new Uri($"http://{host}"));
        var exception = await Assert.ThrowsAsync<PipelineException>(() => clients.CheckCredentialsAsync(CancellationToken.None));
        Assert.Equal(ExitCode.Failed, exception.ExitCode);
        Assert.Contains(host, exception.Message, StringComparison.Ordinal);
    }
}
