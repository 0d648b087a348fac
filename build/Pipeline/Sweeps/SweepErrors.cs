namespace BuildPipeline.Sweeps;

/// <summary>Errors of sweeps.</summary>
public static class SweepErrors
{
    public static readonly ErrorCode InvalidFile = new(
        "BP2601", ExitCode.BadConfiguration, "The file of `--sweep` does not list the variants of a sweep.",
        "Correct what the message names. The form is `{\"variants\": [{\"NAME\": VALUE}, ...]}`.");

    public static readonly ErrorCode ChangesInfrastructure = new(
        "BP2602", ExitCode.BadConfiguration, "A variant would change the infrastructure or the limits that the other variants share.",
        "Remove the variable from the file of the sweep, or start a run of its own with it.");

    public static readonly ErrorCode VariantRefused = new(
        "BP2603", ExitCode.Refused, "A variant cannot be planned or priced, or the gate refuses it. The exit code is that of the variant.",
        "Read the reason. Correct the variant, or remove it from the file.");

    public static readonly ErrorCode Refused = new(
        "BP2604", ExitCode.Refused, "The variants together do not fit into the team's budget.",
        "Use fewer or smaller variants, or a lower `--parallel`.");

    public static readonly ErrorCode OverQuota = new(
        "BP2605", ExitCode.NoCapacity, "The variants that run at once need more than a service quota.",
        "Use the `--parallel` that the message names, or request an increase in Service Quotas.");

    public static readonly ErrorCode NoSuchSweep = new(
        "BP2606", ExitCode.BadConfiguration, "There is no sweep of this ID in the environment.",
        "Correct `--run`.");

    public static readonly ErrorCode VariantsFailed = new(
        "BP2607", ExitCode.Failed, "All variants have ended, and some did not succeed. The exit code is theirs if they agree, otherwise 1.",
        "Read the receipts of the runs that the table names.");

    public static readonly ErrorCode StillRunning = new(
        "BP2608", ExitCode.StillRunning, "Some variants have not ended.",
        "Continue with the command that the message shows.");

    public static readonly ErrorCode CeilingUsedUp = new(
        "BP2609", ExitCode.Refused, "What the other variants have cost leaves less of the approved ceiling than the next one may cost.",
        "Start another sweep with the variants that are missing.");

    public static readonly ErrorCode NewerSweep = new(
        "BP2610", ExitCode.BadConfiguration, "A newer version of this program has written the sweep.",
        "Update the checkout.");

    public static readonly ErrorCode NotRecorded = new(
        "BP2611", ExitCode.BadConfiguration, "A sweep is recorded in the state bucket, and the credentials may not write it.",
        "Use credentials that may launch. A role that only plans prices a variant alone, with its values as `--var`.");
}
