using BuildPipeline.Freezes;
using BuildPipeline.Secrets;
using BuildPipeline.Terminal;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Releases a spend freeze; who froze and who released stays recorded.</summary>
[TaskName("Unfreeze")]
[TaskDescription("Releases a spend freeze of the environment, or of one team.")]
public sealed class UnfreezeTask(PipelineCall call, EnvironmentFiles files, FreezeSwitch freezes, FreezeStore store) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => ReleaseAsync(context.Cancellation);

    /// <summary>Releases, and reports what is frozen still. A second call completes what the first one did not.</summary>
    /// <exception cref="PipelineException">The reason holds a secret (exit code 2), or AWS refuses or does not answer.</exception>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        var (team, why) = (call.Options.Team, call.Options.Why!);
        SecretScan.RequireNone([SecretScan.Variable("--why", $"why={why}")]);
        files.WarnOfUnknownTeam(call.Console);
        var outcome = await call.Console.RunWithStatusAsync("release the freeze", () => freezes.ReleaseAsync(new(team, why, files.ResourcePrefix) { HasKeeper = files.HasKeeper }, cancellationToken));
        var what = team is null ? $"Environment {call.Options.Environment}" : $"Team {team} in environment {call.Options.Environment}";
        call.Console.Done(outcome.Changed || outcome.Completed
            ? $"{(outcome.Changed ? "Released" : "Completed the release")}: {what}."
            : $"{what} was not frozen, so nothing was released.");
        if (outcome.MayStillDeny)
        {
            call.Console.Warn(outcome.Describe());
        }
        else
        {
            call.Console.Say(outcome.Describe());
        }

        var rest = await store.HoldingAnywhereAsync(cancellationToken);
        ShowRest(rest);
        if ((outcome.Changed || outcome.Completed) && rest.All(record => record.Team is not null))
        {
            call.Console.Say($"Continue open runs with:\n  {call.Hints.As("launch").For("Resume")}");
        }
    }

    private void ShowRest(IReadOnlyList<FreezeRecord> rest)
    {
        foreach (var record in rest)
        {
            call.Console.Warn($"Still frozen: {record.Describe()}. Release it with:\n  {call.Hints.For("Unfreeze", [.. record.Team is { } team ? [$"--team={team}"] : Array.Empty<string>(), "--why=TEXT"])}");
        }

        if (rest.Count == 0)
        {
            call.Console.Say($"Nothing is frozen in environment {call.Options.Environment}.");
        }
    }
}
