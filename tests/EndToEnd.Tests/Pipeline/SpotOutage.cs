using System.Net.Http.Json;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>An applied sandbox in which spot is there for a few seconds, then gone for longer than the deadline allows.</summary>
public abstract class SpotOutage : IAsyncLifetime
{
    // Enough for a first checkpoint on a busy machine, and too little for all the training on an idle one.
    private const int UpSeconds = 9;
    private const int OutageSeconds = 75;

    /// <summary>Steps of the training that is interrupted.</summary>
    protected const int Steps = 216;

    protected static string[] Hurried { get; } = ["--deadline=60s", "--var=expected_runtime_seconds=13"];

    protected Workplace Place { get; } = new();

    /// <summary>The option for a training of thirteen seconds.</summary>
    protected string Slow { get; private set; } = "";

    /// <summary>Options that every target of the test has.</summary>
    protected virtual Task<string[]> PrepareAsync() => Task.FromResult<string[]>([]);

    public async Task InitializeAsync()
    {
        await Place.HostSandboxAsync();
        Values = await PrepareAsync();
        // Thirteen seconds of training, so the outage comes in the middle of it.
        Slow = await Place.SlowerAsync("slow.tfvars", steps: Steps);
        (await Place.BuildAsync(["--target=Apply", Slow, .. Values])).ShouldExitWith(0);
        await SetOutageAsync(OutageSeconds);
    }

    /// <summary>What <see cref="PrepareAsync"/> returned.</summary>
    protected string[] Values { get; private set; } = [];

    public async Task DisposeAsync() => await Place.DisposeAsync();

    /// <summary>Spot capacity for a few seconds from now on, then none for so many.</summary>
    protected Task SetOutageAsync(int seconds) =>
        SetTraceAsync([.. Enumerable.Repeat(2, UpSeconds), .. Enumerable.Repeat(0, seconds), .. Enumerable.Repeat(2, 600)]);

    /// <summary>Nodes of spot capacity in each second from now on.</summary>
    protected async Task SetTraceAsync(int[] ticks)
    {
        var trace = Place.Write("trace.json", $$"""{"metadata":{"gap_seconds":1},"data":[{{string.Join(',', ticks)}}]}""");
        using var http = new HttpClient();
        var put = await http.PutAsJsonAsync(new Uri(Place.Sandbox().Url, "/_sandbox/spot"), new { trace, seconds_per_tick = 1.0 });
        put.EnsureSuccessStatusCode();
    }
}
