namespace BuildPipeline.Checkpoints;

/// <summary>Errors of the checkpoint settings.</summary>
public static class CheckpointErrors
{
    public static readonly ErrorCode IntervalTooLong = new(
        "BP1261", ExitCode.BadConfiguration, "A hyperparameter sets a checkpoint interval that is longer than any job.",
        "Give a shorter interval.");
}
