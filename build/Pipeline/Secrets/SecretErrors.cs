namespace BuildPipeline.Secrets;

/// <summary>Errors of the scan for secrets.</summary>
public static class SecretErrors
{
    public static readonly ErrorCode InConfiguration = new(
        "BP2101", ExitCode.BadConfiguration, "A value that would be readable by others looks like a secret.",
        "Remove it, and let the program read the secret itself ([Use secrets](../how-to/use-secrets.md)). If it is not a secret, rename the key.");

    public static readonly ErrorCode InArtifacts = new(
        "BP2102", ExitCode.Failed, "A file of a run holds what looks like a secret.",
        "Delete the file, and replace the secret if others could read it.");

    public static readonly ErrorCode NotScanned = new(
        "BP2103", ExitCode.Failed, "The files of the runs could not be scanned.",
        "Read the reason, and run it again.");
}
