namespace BuildPipeline.Sandbox.Kernel;

/// <summary>The clock of the sandbox: this machine's, or one that differs from it, as AWS's does from that of a machine whose clock is wrong.</summary>
internal sealed class SandboxClock : TimeProvider
{
    /// <summary>How far it is ahead of this machine's clock.</summary>
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
}

/// <summary>What <c>/_sandbox/clock</c> sets.</summary>
/// <param name="AheadSeconds">How far the sandbox's clock is ahead of this machine's; negative if it is behind.</param>
internal sealed record ClockSetting(int AheadSeconds);
