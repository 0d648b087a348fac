using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Journal;
using BuildPipeline.Sweeps;

namespace BuildPipeline.Tasks;

/// <summary>Drives the variants of an approved sweep, and judges how the sweep ended.</summary>
public sealed class SweepLaunch(PipelineCall call, IAccount account, IAwsClients clients, SweepStore store, SweepDriver driver, SweepReport report)
{
    /// <summary>Starts and continues variants until all have ended, or for as long as <c>--wait</c> says.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="lease">This process's lease of it.</param>
    /// <exception cref="PipelineException">A variant failed (its own exit code, or 1), the ceiling is used up (3), or some have not ended (75).</exception>
    public async Task RunAsync(SweepRecord sweep, Lease lease, CancellationToken cancellationToken)
    {
        using var limit = call.Options.Wait is { } wait ? new CancellationTokenSource(wait, call.Time) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, lease.Lost, cancellationToken);
        var drive = new SweepDrive(call.Options.Parallel ?? SweepPricing.StandardParallel, clients.Connection.PollingOptions.Poll, lease.EnsureHeldAsync, report.Tell);
        IReadOnlyDictionary<string, ExitCode> driven;
        await using (await account.ScheduleInterruptionsAsync(call.Options.Interruptions, cancellationToken))
        {
            driven = await driver.RunAsync(sweep, drive, either.Token);
        }

        lease.ThrowIfLost();
        var (now, runs) = await report.ReadAsync(sweep.SweepId, CancellationToken.None);
        List<VariantResult> results =
        [
            .. now.Variants.Zip(now.Subject!.Variants, runs).Select(variant => new VariantResult(
                variant.First.Number,
                VariantProgress.From(variant.Second, variant.Third!).State,
                variant.Third!.ClosedAt is not null ? variant.Third.ExitCode : driven.TryGetValue(variant.First.RunId, out var code) ? code : null)),
        ];
        if (results.TrueForAll(result => result.State == VariantState.Ended || (result.State == VariantState.Waiting && now.StoppedAt is not null)))
        {
            now = await store.ChangeAsync(now.SweepId, known => known.ClosedAt is null ? known with { ClosedAt = call.Time.GetUtcNow() } : known, CancellationToken.None);
        }

        report.ShowEnd(now, runs);
        if (SweepOutcome.Judge(now, results, either.IsCancellationRequested, report.ResumeCommand(now.SweepId)) is { } failure)
        {
            throw failure;
        }
    }
}
