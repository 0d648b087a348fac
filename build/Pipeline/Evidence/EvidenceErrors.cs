namespace BuildPipeline.Evidence;

/// <summary>Errors of validation.</summary>
public static class EvidenceErrors
{
    public static readonly ErrorCode NotValid = new(
        "BP1601", ExitCode.ValidationFailed, "The job ended, but a check of its evidence failed. The receipt has a line for each check.",
        "Read the failed checks. Nothing is deleted.");
}
