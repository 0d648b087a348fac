namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>One workplace, and so one sandbox, for the tests of a class; they run one after the other.</summary>
public sealed class SharedWorkplace : IAsyncLifetime
{
    public Workplace Place { get; } = new();

    public Task InitializeAsync() => Place.HostSandboxAsync();

    public async Task DisposeAsync() => await Place.DisposeAsync();
}
