using BuildPipeline.Freezes;
using BuildPipeline.Goodput;
using BuildPipeline.Jobs;
using BuildPipeline.Observability;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Terraform;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Reporting;

/// <summary>Shows a run on the terminal: its state, and how it ended.</summary>
public static class RunView
{
    /// <summary>Its state.</summary>
    /// <param name="usage">How much of their GPUs and memory the nodes of its job use; empty if that is not known.</param>
    /// <param name="freezes">What is frozen in the environment.</param>
    /// <param name="next">The command that continues the run; null if there is none.</param>
    public static void ShowStatus(IAnsiConsole console, RunRecord run, IReadOnlyList<NodeUtilization> usage, FreezeReading freezes, string? next, DateTimeOffset now)
    {
        void Row(string name, string value) => console.Field(name, value);
        Row("run", $"{run.RunId}, environment {run.Environment}{(run.JobFile is { } job ? $", job {job}" : "")}, started {Format.Moment(run.StartedAt)}");
        Row("state", RunStates.InWords(run));
        if (run.Commit is { } commit)
        {
            Row("commit", $"{Format.Short(commit)}{(run.UncommittedChanges == true ? ", with uncommitted changes" : "")}");
        }

        if (run.Approval is { } approval)
        {
            Row("approved", $"{approval.Subject.Ceiling} by {approval.Approver}, digest {Format.Short(approval.Digest)}");
        }

        if (run.Adopted is not null)
        {
            Row("approved", "nobody here: Terraform submitted the job");
        }

        foreach (var attempt in run.Attempts)
        {
            Row("job", $"{attempt.JobName}{(run.Job is null ? "" : $" on {run.JobOf(attempt).Nodes()}")}: {attempt.Status ?? "not seen yet"}{(attempt.SecondaryStatus is { } detail && detail != attempt.Status ? $" ({detail})" : "")}{(attempt.Outcome is { } outcome && outcome.ToString() != attempt.Status ? $", {Format.Words(outcome)}" : "")}{(attempt is { Status: not null, Outcome: null } ? $", {JobState.CapacityState(attempt)}" : "")}{(JobState.Count(attempt, InterruptionCause.InternalError) is > 0 and var retries ? $", {Counted.Format(retries, "retry", "retries")}" : "")}");
        }

        if (run.Attempts.Count > 0)
        {
            var split = TimeSplit.Calculate(run, run.EndedAt ?? now);
            Row("time", $"waiting {Durations.InWords(split.Waiting)}, training {Durations.InWords(split.Training)}");
        }

        if (run.Goodput is { Ratio: { } ratio } goodput)
        {
            Row("goodput", $"{Format.Share(ratio, 1)} of the billed time was productive, {Format.Share(goodput.SecondsOf(GoodputCategory.LostWork), goodput.BilledSeconds)} lost work{(goodput.IsCoarse() ? $" (of {goodput.BilledSeconds} billed seconds; parts are whole seconds)" : "")}");
        }

        if (run.CurrentAttempt is { Outcome: null, Progress: { } progress } open)
        {
            Row("progress", ProgressText.Describe(progress, run.RateOf(open)));
            if (progress.Why is { } why)
            {
                Row(Format.Words(progress.State), why);
            }
        }

        if (usage.Count > 0)
        {
            Row("usage", NodeUtilization.Describe(usage));
        }

        if (run.Plan is { } plan && AlarmSubscriptions.Pending(plan) is { Count: > 0 } pending)
        {
            Row("alarms", $"not confirmed when this run was planned: {string.Join(", ", pending)}");
        }

        foreach (var sentence in freezes.Sentences)
        {
            Row("frozen", sentence);
        }

        foreach (var other in freezes.Others)
        {
            Row("frozen", $"{other.Describe()}. It does not hold this run.");
        }

        if (run is { ErrorWithId: { } error, ExitCode: not ExitCode.StillRunning })
        {
            Row("error", error);
        }

        if (next is not null)
        {
            console.Field(run.Adopted is not null ? "validate" : run.HasOpenJob ? "follow" : "continue", next);
        }
    }

    /// <summary>How it ended, in a few lines, and where the receipt is.</summary>
    /// <param name="summaryFile">The receipt as Markdown.</param>
    /// <param name="reportFile">The receipt as HTML.</param>
    public static void ShowEnd(IAnsiConsole console, RunRecord run, string summaryFile, string reportFile)
    {
        if (run is { Evidence: { } evidence, CurrentAttempt: { } attempt })
        {
            var steps = string.Join(", ", evidence.Interruptions.Select(interruption => interruption.ResumedFromStep is { } step ? $"step {step}" : "an unproven step"));
            var resumed = evidence.Interruptions.Count == 0 ? "never interrupted" : $"{Counted.Format(evidence.Interruptions.Count, "interruption")}, resumed from {steps}";
            var metrics = string.Join(", ", evidence.FinalMetrics.OrderBy(metric => metric.Key, StringComparer.Ordinal).Select(metric => $"{metric.Key} {Format.Glance(metric.Value)}"));
            // No frame: it would break the address of the model.
            console.Write(new Rule(!evidence.Passed ? "[red]not valid[/]" : evidence.Unchecked.Count > 0 ? "[yellow]valid as far as checked[/]" : "[green]validated[/]").LeftJustified());
            console.Field("job", $"{attempt.JobName} {Format.Words(attempt.Outcome ?? OutcomeKind.Completed)}, {resumed}");
            console.Field("training", $"step {evidence.FinalStep}: {metrics}");
            console.Field("cost", run.Adopted is null ? $"{Format.Money(run.ActualCost)} of {Format.Money(run.Approval?.Subject.Ceiling)} approved" : $"{Format.Money(run.ActualCost)}, nothing approved here");
            console.Field("model", evidence.ModelArchive ?? "none");
        }

        console.Field("receipt", summaryFile);
        console.Field("report", reportFile);
    }
}
