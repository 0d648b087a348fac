using BuildPipeline.Goodput;
using BuildPipeline.History;
using BuildPipeline.Runs;
using BuildPipeline.Secrets;
using BuildPipeline.Terminal;

namespace BuildPipeline.Tasks;

/// <summary>Records how a target ended, and closes a run that has its result.</summary>
public sealed class RunClosing(PipelineCall call, BudgetReservation budget, ReceiptPublication summary, RunTracking tracking, GoodputReader goodput, RunHold hold, EnvironmentHistory history)
{
    /// <summary>Records the end of the target. Of a run with a result it settles the ledger, writes the receipt and closes the run, in this order; of a closed one it does what its process left undone.</summary>
    /// <param name="code">The exit code of the target.</param>
    /// <param name="error">Its failure; null if it did not fail.</param>
    public async Task CloseAsync(ExitCode code, PipelineException? error, CancellationToken cancellationToken)
    {
        if (call.Run.ClosedAt is not null)
        {
            await CompleteAsync(cancellationToken);
            return;
        }

        if (call.Session.Steps.Count == 0 || !call.Session.HasBegun || call.Session.IsOvertaken)
        {
            return;
        }

        // Without S3 the run stays open, and the next launch closes it.
        if (!await hold.TryEnsureHeldAsync(cancellationToken))
        {
            call.Console.Warn($"The end of {call.Options.Target} could not be recorded, because S3 cannot be reached. The next launch of run {call.Run.RunId} records it.");
            await summary.RunAsync(cancellationToken);
            return;
        }

        var isSettled = await budget.CloseAsync(failed: code is not (ExitCode.Done or ExitCode.StillRunning), cancellationToken);
        var hasResult = HasResult(call.Run, code);
        var bill = hasResult ? await goodput.ReadAsync(call.Run, call.Run.Evidence?.Lineage ?? [], cancellationToken) : null;
        await call.Session.UpdateAsync(
            hasResult ? "run.ended" : "target.ended",
            run => run with { EndedAt = hasResult ? run.EndedAt ?? call.Time.GetUtcNow() : null, Goodput = bill, ExitCode = code, ErrorId = error?.Code.Id, Error = error is null ? null : SecretScan.CutBefore(error.Message), ErrorPlaces = PlacesOf(error) },
            new { call.Options.Target, ExitCode = (int)code },
            cancellationToken);
        await TrackAsync(cancellationToken);
        await summary.RunAsync(cancellationToken);
        if (hasResult && isSettled)
        {
            await call.Session.PutFileAsync(RunFiles.Summary, cancellationToken);
            await call.Session.PutFileAsync(RunFiles.Report, cancellationToken);
            await call.Session.UpdateAsync("run.closed", run => run with { ClosedAt = call.Time.GetUtcNow() }, null, cancellationToken);
            await DoWithoutAsync(() => history.AddAsync(call.Run.RunId, summary.IsBehind, cancellationToken));
        }
    }

    // The process that closed the run may have died before it did the rest, or have found GitHub down.
    private async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (summary.IsBehind)
        {
            await summary.RunAsync(cancellationToken);
        }

        await DoWithoutAsync(() => history.AddAsync(call.Run.RunId, summary.IsBehind, cancellationToken));
        await DoWithoutAsync(() => hold.ReleaseClosedAsync(call.Run.RunId, cancellationToken));
    }

    // The run is closed all the same: History adds what an index lacks, and a lease expires.
    private static async Task DoWithoutAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (PipelineException)
        {
            // The next target that meets the run tries again.
        }
    }

    private async Task TrackAsync(CancellationToken cancellationToken)
    {
        if (await tracking.CompleteAsync(call.Run, cancellationToken) is { } tracked)
        {
            await call.Session.UpdateAsync("run.tracked", run => run with { Tracking = tracked }, new { Complete = tracked.Servers.All(server => server.Complete) }, cancellationToken);
        }
    }

    // What is not in the repository has no line there.
    private IReadOnlyList<SourcePlace> PlacesOf(PipelineException? error) =>
    [
        .. (error?.Places ?? [])
            .Select(place => place with { File = Path.GetRelativePath(call.Options.RepositoryRoot, Path.Combine(call.Options.RepositoryRoot, place.File)).Replace('\\', '/'), Message = SecretScan.CutBefore(place.Message) })
            .Where(place => !place.File.StartsWith("../", StringComparison.Ordinal) && !Path.IsPathRooted(place.File)),
    ];

    // An interrupted target, or one that failed after the result was recorded, leaves the run open for the next launch.
    private static bool HasResult(RunRecord run, ExitCode code) => run.State switch
    {
        RunState.Judged => code == (run.Evidence!.Passed ? ExitCode.Done : ExitCode.ValidationFailed),
        RunState.Failed => code is not (ExitCode.Done or ExitCode.StillRunning),
        _ => false,
    };
}
