using System.Net.Http.Json;
using BuildPipeline.EndToEnd.Tests.Pipeline;
using Xunit.Abstractions;

namespace BuildPipeline.EndToEnd.Tests.Matrix;

/// <summary>Full runs in which calls meet what passes with time: each ends as a run that was not disturbed.</summary>
[Trait("Tier", "all")]
public sealed class FaultMatrixTests(MatrixFixture fixture, ITestOutputHelper output) : IClassFixture<MatrixFixture>
{
    private MatrixLane Lane => fixture.Lane;

    [TerraformTheory]
    [InlineData("throttle")]
    [InlineData("internal_error")]
    [InlineData("drop_response")]
    public async Task Given_AFaultOfTheFirstCallOfEachKind_When_Launched_Then_TheRunEndsAsAnUndisturbedOne(string kind) =>
        await AssertAsync(kind, [.. ApiCall.Of(Lane.Requests).Select(call => call.Fault(kind, 1))]);

    /// <summary>S3's lists lack nothing, so one without what was uploaded is a loss: the run ends without a job, and the next one is not disturbed.</summary>
    [TerraformFact]
    public async Task Given_ListsThatLackTheNewest_When_Launched_Then_NothingIsSubmitted()
    {
        var jobs = await Lane.Place.JobsAsync();
        Lane.MoveToAnotherMachine();
        await Lane.Place.FaultsAsync(new { service = "s3", operation = "ListObjectsV2", kind = "delayed_listing", count = 10_000 });
        (await Lane.Place.BuildAsync(Lane.Launch())).ShouldExitWith(4, "BP1564");
        await Lane.ClearFaultsAsync();

        Assert.Equal(jobs, await Lane.Place.JobsAsync());
        await AssertAsync("after delayed_listing", []);
    }

    [TerraformFact]
    public async Task Given_NoCapacityForSomeTries_When_Launched_Then_TheRunEndsAsAnUndisturbedOne() => await AssertAsync(
        "capacity", [new { service = "sagemaker", operation = "CreateTrainingJob", kind = "capacity", count = 2 }]);

    [TerraformTheory]
    [InlineData(1200)]
    [InlineData(-1200)]
    public async Task Given_AClockThatDiffersFromThatOfTheAccount_When_Launched_Then_TheRunEndsAsAnUndisturbedOne(int seconds) =>
        await AssertAsync($"clock_skew {seconds} s", [], seconds);

    private async Task AssertAsync(string kind, object[] faults, int secondsAhead = 0)
    {
        var known = await Lane.RunIdsAsync();
        Lane.MoveToAnotherMachine();
        await Lane.Place.FaultsAsync(faults);
        await SetClockAsync(secondsAhead);
        // In a process of its own, for whose life the SDK keeps its correction of the clock.
        var ended = await Workplace.EndAsync(Lane.Place.StartDriver(Lane.Launch()));
        await SetClockAsync(0);
        await Lane.ClearFaultsAsync();
        var runs = (await Lane.RunIdsAsync()).Except(known).ToList();
        var problems = runs.Count == 1 ? await Lane.ProblemsAsync(runs[0], ended) : [$"{runs.Count} runs, exit {ended.ExitCode}: {MatrixLane.ErrorOf(ended)}"];
        output.WriteLine($"| {kind} | {faults.Length} kinds of calls | {(problems.Count == 0 ? "ok" : string.Join("; ", problems))} |");
        Assert.Empty(problems);
    }

    private async Task SetClockAsync(int seconds)
    {
        using var http = new HttpClient();
        (await http.PutAsJsonAsync(new Uri(Lane.Place.Sandbox().Url, "/_sandbox/clock"), new { ahead_seconds = seconds })).EnsureSuccessStatusCode();
    }
}

/// <summary>Full runs in which each kind of call is refused or fails for good: what is not needed is done without, what is needed ends the call with its error, and the next one continues the run.</summary>
[Trait("Tier", "all")]
public sealed class RefusalMatrixTests(MatrixFixture fixture, ITestOutputHelper output) : IClassFixture<MatrixFixture>
{
    private static readonly string[] Unexpected = ["BP1901", "BP1902", "BP1903", "BP1904", "BP1905", "BP1906", "BP1907", "BP1908"];

    private readonly List<string> _problems = [];
    private IReadOnlyList<string> _known = [];

    private MatrixLane Lane => fixture.Lane;

    [TerraformTheory]
    [InlineData("expired_credentials")]
    [InlineData("access_denied")]
    [InlineData("internal_error")]
    public async Task Given_ACallThatFailsForGood_When_Launched_Then_ItsErrorIsTypedAndTheRunContinuesWithoutTheFault(string kind)
    {
        _known = await Lane.RunIdsAsync();
        string? open = null;
        foreach (var call in MatrixPart.Of(ApiCall.Of(Lane.Requests)))
        {
            Lane.MoveToAnotherMachine();
            await Lane.Place.FaultsAsync(call.Fault(kind, 10_000));
            var before = (await Lane.RequestsAsync()).Count;
            var ended = await Lane.Place.BuildAsync(Lane.Launch(open is null ? [] : [$"--run={open}"]));
            await Lane.ClearFaultsAsync();
            var isMet = (await Lane.RequestsAsync()).Skip(before).Any(request => request.Fault is not null);
            var error = ended.ExitCode == 0 ? "" : MatrixLane.ErrorOf(ended);
            output.WriteLine($"| {kind} | {call} | {(isMet ? $"exit {ended.ExitCode} {error}" : "not called")} |");
            if (ended.ExitCode != 0 && (!error.Contains("BP", StringComparison.Ordinal) || Unexpected.Any(error.Contains)))
            {
                _problems.Add($"{call}: {error}");
            }

            open = await OpenAsync(open, ended, call);
        }

        if (open is not null)
        {
            Lane.MoveToAnotherMachine();
            await OpenAsync(open, await Lane.Place.BuildAsync(Lane.Launch($"--run={open}")), null);
        }

        Assert.Empty(_problems);
    }

    // The run that is to be continued; null if it is complete, or none was started.
    private async Task<string?> OpenAsync(string? open, Result ended, ApiCall? call)
    {
        var started = (await Lane.RunIdsAsync()).Except(_known).ToList();
        var run = open ?? started.SingleOrDefault();
        if (run is null || (ended.ExitCode != 0 && call is not null))
        {
            return run;
        }

        _known = await Lane.RunIdsAsync();
        _problems.AddRange((await Lane.ProblemsAsync(run, ended)).Select(problem => $"{call?.ToString() ?? "at the end"}: {problem}"));
        return null;
    }
}

/// <summary>A lane that the tests of a class share.</summary>
public sealed class MatrixFixture : IAsyncLifetime
{
    public MatrixLane Lane { get; } = new();

    public Task InitializeAsync() => Pipeline.Terraform.WhyAbsent is null ? Lane.InitializeAsync() : Task.CompletedTask;

    public async Task DisposeAsync() => await Lane.DisposeAsync();
}
