using BuildPipeline.Jobs;
using BuildPipeline.Training;

namespace BuildPipeline.Evidence;

/// <summary>Compares a run with its approval; a job that Terraform alone submitted has none, so what it would prove is not checked.</summary>
internal static class ApprovalVerdict
{
    /// <summary>The cost against the ceiling: the approved one, or that of Terraform's precondition.</summary>
    public static Finding Cost(ITrainingRun run)
    {
        const string Check = "cost";
        if (run.Adopted is { } adopted)
        {
            return adopted.Ceiling is { } allowed && run.ActualCost is { } cost
                ? new(Check, cost <= allowed, $"The jobs cost {cost}, {(cost <= allowed ? "within" : "over")} Terraform's ceiling of {allowed}. Nobody approved it here.")
                : Finding.NotChecked(Check, $"The jobs cost {Format.Money(run.ActualCost)}, and Terraform's ceiling is {Format.Money(adopted.Ceiling)}. Nobody approved an amount here.");
        }

        if ((run.Approval?.Subject ?? run.Subject)?.Ceiling is not { } ceiling)
        {
            return new(Check, false, "There is no approved ceiling to compare the cost with.");
        }

        return run.ActualCost is { } actual
            ? new(Check, actual <= ceiling, $"The jobs cost {actual}, {(actual <= ceiling ? "within" : "over")} the approved {ceiling}.")
            : new(Check, false, $"The cost of the jobs is unknown, because SageMaker reported no billable seconds or a price is unknown; {ceiling} was approved.");
    }

    /// <summary>For an adopted job, that there is no approval; none for a job of this pipeline, whose tags prove it.</summary>
    public static IEnumerable<Finding> Missing(ITrainingRun run) => run.Adopted is null ? []
        : [Finding.NotChecked("approval", "Terraform submitted the job: it has no digest, so whether program, data and settings are those that somebody approved is unknown.")];

    /// <summary>The tags that the job must have.</summary>
    public static Dictionary<string, string?> Tags(ITrainingRun run)
    {
        var tags = new Dictionary<string, string?> { ["team"] = run.Job!.Team, ["environment"] = run.Job.Environment };
        if (run.Adopted is null)
        {
            tags[JobNames.RunIdTag] = run.RunId;
            tags[JobNames.DigestTag] = run.Approval?.Digest;
        }

        return tags;
    }
}
