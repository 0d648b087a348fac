namespace BuildPipeline.Tracking;

/// <summary>Errors of the tracking settings. A tracker that is down is a warning, never an error.</summary>
public static class TrackingErrors
{
    public static readonly ErrorCode InvalidSettings = new(
        "BP2301", ExitCode.BadConfiguration, "The settings of the experiment tracking are not valid. Each clause of the message names the variable.",
        "Correct `mlflow_servers` or `register_model`.");
}
