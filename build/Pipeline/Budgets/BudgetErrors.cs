namespace BuildPipeline.Budgets;

/// <summary>Errors of team budgets and quotas.</summary>
public static class BudgetErrors
{
    public static readonly ErrorCode Refused = new(
        "BP1241", ExitCode.Refused, "The team's budget refuses the run. Each reason in the message has its own id.",
        "See the ids of the reasons, and [who holds what](../how-to/add-a-team.md#see-who-holds-what).");

    public static readonly ErrorCode FamilyNotAllowed = new(
        "BP1242", ExitCode.Refused, "The team may not use this instance family.",
        "Choose another `instance_type`, or change the team's list.");

    public static readonly ErrorCode OverRunLimit = new(
        "BP1243", ExitCode.Refused, "The run can cost more than the team may spend on one run.",
        "Make the job smaller or shorter.");

    public static readonly ErrorCode OverMonthlyDollars = new(
        "BP1244", ExitCode.Refused, "The team's month has too few dollars left.",
        "Wait until other runs are settled, make the job smaller, or raise `usd_per_month`.");

    public static readonly ErrorCode UnknownGpus = new(
        "BP1245", ExitCode.Refused, "The team has a limit of GPU-hours, and the number of GPUs of this type is unknown.",
        "Choose another `instance_type`.");

    public static readonly ErrorCode OverMonthlyGpuHours = new(
        "BP1246", ExitCode.Refused, "The team's month has too few GPU-hours left.",
        "Wait until other runs are settled, make the job smaller, or raise `gpu_hours_per_month`.");

    public static readonly ErrorCode OverNodes = new(
        "BP1247", ExitCode.Refused, "The team uses too many nodes at once.",
        "Use fewer nodes, or wait until other runs have finished.");

    public static readonly ErrorCode LedgerBusy = new(
        "BP1248", ExitCode.StillRunning, "Other runs kept changing the team's ledger.",
        "Run it again.");

    public static readonly ErrorCode OverQuota = new(
        "BP1249", ExitCode.NoCapacity, "The job is larger than a service quota on every node option.",
        "Request an increase in Service Quotas, or make the job smaller.");
}
