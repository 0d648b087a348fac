using System.Net;
using System.Net.Sockets;

namespace BuildPipeline.Pipeline.Tests.Scripts;

/// <summary>How build.sh chooses between the published packages and the bundled stand-ins.</summary>
[Trait("Tier", "all")]
public sealed class PackageSourceTests : IDisposable
{
    private readonly ScriptCheckout _checkout = new();

    public PackageSourceTests() => Skip.If(OperatingSystem.IsWindows(), "build.sh is not for Windows.");

    public void Dispose() => _checkout.Dispose();

    [SkippableFact]
    public async Task Given_FeedWithAllPackages_When_RunTwice_Then_ItIsAskedOnceWithTheSolutionAndTheHostGetsTheAnswer()
    {
        var first = await _checkout.RunAsync();
        var second = await _checkout.RunAsync();

        Assert.Contains("published", first.Errors, StringComparison.Ordinal);
        Assert.Equal("host with published", second.Output.Trim());
        Assert.Equal(1, _checkout.Probes);
        Assert.Contains("published build build/Build.slnf", _checkout.Calls);
        Assert.False(File.Exists(Path.Combine(_checkout.Root, ".build", "package-source.props")), "A plain dotnet build would change its meaning.");
    }

    [SkippableTheory]
    [InlineData("a.csproj : error NU1101: Unable to find package Cake.Frosting. No packages exist with this id", "Cake.Frosting")]
    [InlineData("a.csproj : error NU1102: Unable to find package AWSSDK.SageMaker with version (>= 4.0.25)", "AWSSDK.SageMaker")]
    [InlineData("a.csproj : error NU1109: Detected package downgrade: Microsoft.Extensions.DependencyInjection from 10.0.15 to centrally defined", "Microsoft.Extensions.DependencyInjection")]
    [InlineData("a.csproj : error NU1603: Warning As Error: Pipeline depends on Cake.Terraform (>= 0.15.0) but Cake.Terraform 0.15.0 was not found.", "Cake.Terraform")]
    public async Task Given_FeedThatLacksAPackage_When_RunTwice_Then_ItIsNamedAndTheStandInsAreTaken(string line, string package)
    {
        _checkout.Answer(line, 1);

        var first = await _checkout.RunAsync();
        _checkout.Touch();
        var second = await _checkout.RunAsync();

        Assert.Contains(package, first.Errors, StringComparison.Ordinal);
        Assert.Equal("host with bundled", second.Output.Trim());
        Assert.Equal(1, _checkout.Probes);
    }

    [SkippableFact]
    public async Task Given_AnAnswer_When_VersionsOrFeedsChange_Then_TheFeedIsAskedAgain()
    {
        _checkout.Answer("error NU1101: Unable to find package Cake.Frosting. No packages", 1);
        await _checkout.RunAsync();

        _checkout.Answer("", 0);
        _checkout.Variables["RestoreAdditionalProjectSources"] = "/a/folder/feed";
        var otherFeed = await _checkout.RunAsync();
        _checkout.Append("NuGet.config", "<configuration />");
        await _checkout.RunAsync();
        _checkout.Append("Directory.Packages.props", "<!-- changed -->");
        await _checkout.RunAsync();

        Assert.Equal("host with published", otherFeed.Output.Trim());
        Assert.Equal(4, _checkout.Probes);
    }

    [SkippableFact]
    public async Task Given_FeedOutOfReach_When_Run_Then_TheStandInsAreTakenUntilTheNextBuild()
    {
        _checkout.Answer("error NU1301: Unable to load the service index", 1);

        var first = await _checkout.RunAsync();
        await _checkout.RunAsync();
        Assert.Equal(1, _checkout.Probes);
        _checkout.Touch();
        await _checkout.RunAsync();

        Assert.Equal("host with bundled", first.Output.Trim());
        Assert.Equal(2, _checkout.Probes);
    }

    [SkippableTheory]
    [InlineData("--packages=bundled", null, "bundled")]
    [InlineData(null, "published", "published")]
    public async Task Given_ASourceThatTheUserNamed_When_Run_Then_TheFeedIsNotAsked(string? option, string? variable, string source)
    {
        _checkout.Variables["PackageSource"] = variable;

        var result = await _checkout.RunAsync(option is null ? [] : [option]);

        Assert.Equal($"host with {source}", result.Output.Trim());
        Assert.Equal(0, _checkout.Probes);
    }

    // Two restores, each ended after the limit: of the published packages, then of the rest.
    [SkippableFact]
    public async Task Given_FeedThatAcceptsAndNeverAnswers_When_Run_Then_TheRunEndsWithinTheLimit()
    {
        using var feed = new TcpListener(IPAddress.Loopback, 0);
        feed.Start();
        var contact = feed.AcceptTcpClientAsync();
        _checkout.UseRealDotNet($"http://127.0.0.1:{((IPEndPoint)feed.LocalEndpoint).Port}/v3/index.json");
        _checkout.Variables["PACKAGE_FEED_TIMEOUT"] = "8";

        var result = await _checkout.RunAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("the package feed did not answer within 8 s", result.Errors, StringComparison.Ordinal);
        Assert.True(contact.IsCompletedSuccessfully, result.Errors);
    }
}
