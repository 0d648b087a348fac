using BuildPipeline.Runs;
using BuildPipeline.Watching;

namespace BuildPipeline.Sweeps;

/// <summary>What a sweep tells.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="Result">How its process ended for this call; null if it was started.</param>
public sealed record SweepNews(SweepVariant Variant, ExitCode? Result);

/// <summary>How a sweep is driven.</summary>
/// <param name="Parallel">How many variants run at once.</param>
/// <param name="Poll">Pause after a process that has left its job running.</param>
/// <param name="EnsureHeld">Throws where another process has taken the sweep.</param>
/// <param name="Tell">Gets what happened.</param>
public sealed record SweepDrive(int Parallel, TimeSpan Poll, Func<CancellationToken, Task> EnsureHeld, Action<SweepNews> Tell);

/// <summary>Drives the variants of an approved sweep, each in a process of its own, so many at once. What was started before, by whatever process, is continued and not started again.</summary>
public sealed class SweepDriver(RunReader reader, SweepStore store, IVariantProcess process, TimeProvider time)
{
    /// <summary>How often in a row a process may fail before its variant is left to a later call.</summary>
    public const int MostFailures = 5;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    /// <summary>Drives until every variant has ended or cannot be continued by this process.</summary>
    /// <returns>The results of the variants that this call has worked on, by run.</returns>
    /// <exception cref="PipelineException">Another process has taken the sweep (exit code 75), or the bucket cannot be reached.</exception>
    public async Task<IReadOnlyDictionary<string, ExitCode>> RunAsync(SweepRecord sweep, SweepDrive drive, CancellationToken cancellationToken)
    {
        var parts = sweep.Subject!.Variants.ToDictionary(part => part.RunId);
        var progress = (await Concurrently.SelectAsync(sweep.Variants, (variant, token) => ReadAsync(parts[variant.RunId], token), cancellationToken)).ToDictionary(variant => variant.RunId);
        var (driven, done) = (new Dictionary<string, Task<ExitCode>>(), new Dictionary<string, ExitCode>());
        try
        {
            while (true)
            {
                List<VariantProgress> known = [.. sweep.Variants.Select(variant => progress[variant.RunId])];
                IReadOnlyList<string> next = cancellationToken.IsCancellationRequested ? [] : SweepDecision.Next(known, sweep.Subject.Ceiling, sweep.StoppedAt is null ? drive.Parallel : 0, driven.Keys, done.Keys);
                foreach (var variant in sweep.Variants.Where(variant => next.Contains(variant.RunId)))
                {
                    drive.Tell(new(variant, null));
                    driven[variant.RunId] = DriveAsync(sweep, variant, drive, cancellationToken);
                }

                if (driven.Count == 0)
                {
                    return done;
                }

                await Task.WhenAny(driven.Values);
                foreach (var variant in sweep.Variants.Where(variant => driven.TryGetValue(variant.RunId, out var task) && task.IsCompleted).ToList())
                {
                    driven.Remove(variant.RunId, out var task);
                    done[variant.RunId] = await task!;
                    progress[variant.RunId] = await ReadAsync(parts[variant.RunId], CancellationToken.None);
                    drive.Tell(new(variant, done[variant.RunId]));
                }
            }
        }
        finally
        {
            // They end by the same signal, or by their own limit.
            await ((Task)Task.WhenAll(driven.Values)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Until the run is closed. A run that no job was submitted for is left as it is where it was refused: the reason holds for the next try too.
    private async Task<ExitCode> DriveAsync(SweepRecord sweep, SweepVariant variant, SweepDrive drive, CancellationToken cancellationToken)
    {
        for (var failures = 0; ;)
        {
            await drive.EnsureHeld(cancellationToken);
            var start = time.GetTimestamp();
            var code = await process.LaunchAsync(sweep, variant, cancellationToken);
            var run = (await reader.ReadAsync(variant.RunId, CancellationToken.None))!.Record;
            if (run.HasSubmitted)
            {
                await store.ChangeAsync(sweep.SweepId, known => known.StartedAt is null ? known with { StartedAt = time.GetUtcNow() } : known, CancellationToken.None);
            }

            failures = code == ExitCode.StillRunning ? 0 : failures + 1;
            if (run.ClosedAt is not null || cancellationToken.IsCancellationRequested || (failures > 0 && !run.IsOpen) || failures > MostFailures)
            {
                return run.ClosedAt is not null ? run.ExitCode ?? code : code;
            }

            // One that ends at once was told that another process works on the run.
            var pause = WatchDecision.PauseAfter(failures, drive.Poll, LongestPause);
            await Task.Delay(failures == 0 && time.GetElapsedTime(start) > pause ? drive.Poll : pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
            {
                return code;
            }
        }
    }

    private async Task<VariantProgress> ReadAsync(SweepPart part, CancellationToken cancellationToken) =>
        VariantProgress.From(part, (await reader.ReadAsync(part.RunId, cancellationToken))!.Record);
}
