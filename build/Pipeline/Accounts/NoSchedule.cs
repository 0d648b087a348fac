namespace BuildPipeline.Accounts;

/// <summary>The interruptions are the account's own.</summary>
internal sealed class NoSchedule : IAsyncDisposable
{
    public ValueTask DisposeAsync() => default;
}
