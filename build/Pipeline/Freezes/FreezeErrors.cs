namespace BuildPipeline.Freezes;

/// <summary>Errors of the spend freeze.</summary>
public static class FreezeErrors
{
    public static readonly ErrorCode Frozen = new(
        "BP2401", ExitCode.Refused, "The environment, or the team in it, is frozen: nothing that can spend is started. A run that exists is kept; no new one starts.",
        "Ask whoever froze it. After Unfreeze, use the last command that the message shows. See [Freeze spending](../how-to/clean-up.md#freeze-spending).");

    public static readonly ErrorCode Unknown = new(
        "BP2402", ExitCode.Refused, "It cannot be read whether the environment is frozen, so nothing that can spend is started. A run that exists is kept; no new one starts.",
        "Correct what the message names, then use the command that it shows.");

    public static readonly ErrorCode Contended = new(
        "BP2403", ExitCode.Failed, "The freeze kept being changed by others.",
        "See with Status what holds now, and run it again.");

    public static readonly ErrorCode Incomplete = new(
        "BP2404", ExitCode.Failed, "The marker in the state bucket is as asked, but IAM could not be changed.",
        "Run the same command again: it completes what is missing.");

    /// <summary>True if the gate refused; the same step can be taken once the freeze is released.</summary>
    public static bool IsRefusal(ErrorCode code) => code == Frozen || code == Unknown;
}
