using BuildPipeline.Freezes;
using BuildPipeline.Secrets;
using BuildPipeline.Terminal;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Freezes spending in an environment, or of one team in it; running jobs keep running.</summary>
[TaskName("Freeze")]
[TaskDescription("Freezes spending: nothing new is started in the environment, or for one team; running jobs keep running.")]
public sealed class FreezeTask(PipelineCall call, EnvironmentFiles files, FreezeSwitch freezes) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => FreezeAsync(context.Cancellation);

    /// <summary>Freezes, and reports what holds. A second call completes what the first one did not.</summary>
    /// <exception cref="PipelineException">The reason holds a secret (exit code 2), or AWS refuses or does not answer.</exception>
    public async Task FreezeAsync(CancellationToken cancellationToken)
    {
        var (team, why) = (call.Options.Team, call.Options.Why!);
        SecretScan.RequireNone([SecretScan.Variable("--why", $"why={why}")]);
        files.WarnOfUnknownTeam(call.Console);
        var outcome = await call.Console.RunWithStatusAsync("freeze spending", () => freezes.FreezeAsync(new(team, why, files.ResourcePrefix) { HasKeeper = files.HasKeeper }, cancellationToken));
        var other = outcome.Changed || outcome.Record.Current!.Frozen.Why == why ? "" : " That reason holds; the new one is not recorded.";
        call.Console.Done($"{(outcome.Changed ? "" : outcome.Completed ? "Completed: " : "Nothing changed: ")}{outcome.Record.Describe()}. Nothing new is started.{other}");
        if (outcome.IsMarkerAlone)
        {
            call.Console.Warn(outcome.Describe());
        }
        else
        {
            call.Console.Done(outcome.Describe());
        }

        call.Console.Say($"Running jobs keep running. Stop them all, each with a checkpoint, with:\n  {call.Hints.For("Stop", [.. team is null ? ["--all"] : new[] { "--all", $"--team={team}" }])}");
    }
}
