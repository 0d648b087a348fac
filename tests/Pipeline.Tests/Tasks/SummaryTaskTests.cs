using BuildPipeline.Accounts;
using BuildPipeline.Pipeline.Tests.Accounts;
using BuildPipeline.Pipeline.Tests.Aws;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using BuildPipeline.Tasks;

namespace BuildPipeline.Pipeline.Tests.Tasks;

public sealed class SummaryTaskTests : IDisposable
{
    private static readonly (string, string) Json = ("Content-Type", "application/json");
    private static readonly Answer Login = new(200, """{"data":{"viewer":{"login":"github-actions[bot]"}}}""", Json);
    private static readonly Answer NoComments = new(200, "[]", Json);
    private static readonly Answer Posted = new(201, """{"id":1,"html_url":"https://github.example/comment"}""", Json);

    private readonly string _page = Path.GetTempFileName();

    public void Dispose() => File.Delete(_page);

    [Fact]
    public async Task Given_AnIssue_When_Summarised_Then_TheSameReceiptIsInTheFolderOnThePageAndInTheComment()
    {
        using var gitHub = new FakeAwsEndpoint(Login, NoComments, Posted);
        using var flow = await FlowFixture.AppliedAsync(At(gitHub), "--target=Summary");
        var before = (await flow.RecordedAsync()).LastEvent;

        await flow.RunAsync(Summary(flow));

        var receipt = await File.ReadAllTextAsync(flow.Call.Session.PathOf(RunFiles.Summary));
        Assert.Contains(flow.Call.Run.RunId, receipt, StringComparison.Ordinal);
        Assert.StartsWith("<!doctype html>", await File.ReadAllTextAsync(flow.Call.Session.PathOf(RunFiles.Report)), StringComparison.Ordinal);
        Assert.Equal(receipt + "\n", await File.ReadAllTextAsync(_page));
        Assert.EndsWith(receipt, gitHub.Requests[2].Json["body"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(before, (await flow.RecordedAsync()).LastEvent);
    }

    [Fact]
    public async Task Given_AClosedRun_When_Summarised_Then_ItsReceiptIsPostedAsItWasWritten()
    {
        using var gitHub = new FakeAwsEndpoint(Login, NoComments, Posted);
        using var flow = await FlowFixture.AppliedAsync(At(gitHub), "--target=Summary");
        await flow.UpdateAsync(run => run with { ClosedAt = TestRuns.Start });
        flow.Write(flow.Call.Session.PathOf(RunFiles.Summary), "as it was written");
        flow.Write(flow.Call.Session.PathOf(RunFiles.Report), "the page");

        await flow.RunAsync(Summary(flow));

        Assert.Equal("as it was written", await File.ReadAllTextAsync(flow.Call.Session.PathOf(RunFiles.Summary)));
        Assert.Equal("the page", await File.ReadAllTextAsync(flow.Call.Session.PathOf(RunFiles.Report)));
        Assert.EndsWith("as it was written", gitHub.Requests[2].Json["body"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_Offline_When_Summarised_Then_TheReceiptIsWrittenAndGitHubIsNotAsked()
    {
        using var gitHub = new FakeAwsEndpoint(Login, NoComments, Posted);
        using var flow = await FlowFixture.AppliedAsync(At(gitHub), "--target=Summary", "--offline");

        await flow.RunAsync(Summary(flow));

        Assert.True(File.Exists(flow.Call.Session.PathOf(RunFiles.Summary)));
        Assert.Empty(gitHub.Requests);
    }

    [Fact]
    public async Task Given_AGitHubThatRejectsTheToken_When_Summarised_Then_TheReceiptIsWrittenAndTheTargetDoesNotFail()
    {
        using var gitHub = new FakeAwsEndpoint(new Answer(401, """{"message":"Bad credentials"}""", Json));
        using var flow = await FlowFixture.AppliedAsync(At(gitHub), "--target=Summary");

        await flow.RunAsync(Summary(flow));

        Assert.True(File.Exists(flow.Call.Session.PathOf(RunFiles.Summary)));
        Assert.Single(gitHub.Requests);
        Assert.Contains("Bad credentials", flow.Console.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_AGitHubThatWasDown_When_SummarisedAgain_Then_WhatIsMissingIsPostedOnceAndTheLogSaysSo()
    {
        using var gitHub = new FakeAwsEndpoint(new(401, """{"message":"Bad credentials"}""", Json), Login, NoComments, Posted);
        using var flow = await FlowFixture.AppliedAsync(At(gitHub), "--target=Summary");

        await flow.RunAsync(Summary(flow));
        Assert.Equal(("github.unposted", true), ((await flow.EventsAsync())[^1], flow.Posting.IsBehind));
        await flow.RunAsync(Summary(flow));

        Assert.Equal(("github.posted", false), ((await flow.EventsAsync())[^1], flow.Posting.IsBehind));
        Assert.Single(gitHub.Requests, request => request.Line.StartsWith("POST", StringComparison.Ordinal) && request.Line.EndsWith("/comments", StringComparison.Ordinal));
    }

    private static TestAccount At(FakeAwsEndpoint gitHub) => new() { GitHub = new GitHubAccess(new Uri(gitHub.Url), "sandbox", "sandbox/pipeline", 1) };

    private SummaryTask Summary(FlowFixture flow) => new(flow.Call, flow.Receipt(_page), flow.Tracking, flow.History);
}
