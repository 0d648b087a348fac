namespace BuildPipeline.Spot;

/// <summary>Errors of the market policies.</summary>
public static class SpotErrors
{
    public static readonly ErrorCode UnknownPolicy = new(
        "BP1281", ExitCode.BadConfiguration, "There is no market policy of this name.",
        "Use one of those that the message lists.");
}
