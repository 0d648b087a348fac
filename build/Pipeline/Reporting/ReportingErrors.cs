namespace BuildPipeline.Reporting;

/// <summary>Errors of test results.</summary>
public static class ReportingErrors
{
    public static readonly ErrorCode TestsFailed = new(
        "BP1801", ExitCode.Failed, "Tests of the project failed.",
        "Read the list above the message.");
}
