using System.Globalization;
using BuildPipeline.Accounts;
using BuildPipeline.Approvals;
using BuildPipeline.Runs;
using BuildPipeline.Training;

namespace BuildPipeline.Reporting;

/// <summary>Something about a run that needs a person.</summary>
/// <param name="Id">What it is told once by, for example <c>capacity:2</c>.</param>
/// <param name="Subject">Subject of a mail.</param>
/// <param name="Text">What happened, and what to do.</param>
public sealed record RunNotice(string Id, string Subject, string Text)
{
    /// <summary>What a run needs somebody for at the end of a target; null if for nothing. What EventBridge and the alarms tell by themselves is not among it: a job that failed or was stopped, and a run that nobody follows.</summary>
    /// <param name="run">The run, with the end recorded.</param>
    /// <param name="now">The time.</param>
    /// <param name="follow">The command that follows the run.</param>
    public static RunNotice? Create(RunRecord run, DateTimeOffset now, string follow)
    {
        var job = run.Attempts.Count.ToString(CultureInfo.InvariantCulture);
        return run.ErrorId switch
        {
            var id when id == ApprovalErrors.NoTerminal.Id => From(run, "approval", "waits for an approval", run.Error!),
            var id when id == TrainingErrors.OptionsExhausted.Id || id == TrainingErrors.NoCapacity.Id || id == TrainingErrors.OverQuota.Id => From(run, $"capacity:{job}", "got no capacity", run.Error!),
            var id when id == AccountErrors.ShortCredentials.Id => From(run, "credentials", "needs new credentials", run.Error!),
            _ when run is { HasOpenJob: true, DeadlineAt: { } deadline } && now > deadline => From(
                run, "deadline", "missed its deadline", $"Its deadline was {deadline:u}, and its job is not done. It keeps running within the approved amount. Follow or stop it:\n  {follow}"),
            _ => null,
        };
    }

    private static RunNotice From(RunRecord run, string id, string what, string text) =>
        new(id, $"Run {run.RunId} of {run.Environment} {what}", $"Run {run.RunId} of environment {run.Environment} {what}. {text}");
}
