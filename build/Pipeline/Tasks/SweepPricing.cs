using BuildPipeline.Approvals;
using BuildPipeline.Costing;
using BuildPipeline.Reporting;
using BuildPipeline.Reporting.GitHub;
using BuildPipeline.Runs;
using BuildPipeline.Sweeps;
using BuildPipeline.Terminal;

namespace BuildPipeline.Tasks;

/// <summary>Plans and prices each variant of a sweep, and decides whether they may be put up for approval together.</summary>
public sealed class SweepPricing(PipelineCall call, SweepStore store, RunArchive archive, RunReader reader, IVariantProcess process, SweepReport report, GitHubActions actions)
{
    /// <summary>How many variants run at once where <c>--parallel</c> does not say it.</summary>
    public const int StandardParallel = 4;

    // One plans while the other one is priced: terraform works for one at a time.
    private const int AtOnce = 2;

    /// <summary>Prices a sweep that has no price yet.</summary>
    /// <returns>The sweep with what is put up for approval.</returns>
    /// <exception cref="PipelineException">A variant is refused (its own exit code) or changes the infrastructure (2), or together they are over the team's budget (3) or a service quota (5).</exception>
    public async Task<SweepRecord> RunAsync(SweepRecord sweep, CancellationToken cancellationToken)
    {
        if (sweep.Subject is null)
        {
            var commit = SourceCommit.Read(call.Options.RepositoryRoot);
            foreach (var variant in sweep.Variants)
            {
                await BeginAsync(sweep, variant, commit, cancellationToken);
            }

            await call.Console.RunWithStatusAsync($"plan and price {Counted.Format(sweep.Variants.Count, "variant")}", () => PriceAsync(sweep, cancellationToken));
            List<RunRecord> runs = [.. (await report.ReadAsync(sweep.SweepId, cancellationToken)).Runs.OfType<RunRecord>()];
            RequireLaunchable(sweep, runs);
            var subject = SweepApprovals.SubjectOf(sweep, runs);
            sweep = await store.ChangeAsync(sweep.SweepId, known => known.Subject is null ? known with { Subject = subject } : known, cancellationToken);
        }

        if (sweep.Approval is null)
        {
            SweepView.ShowSubject(call.Console, sweep);
            actions.SetOutputs(sweep.SweepId, ApprovalDigest.Compute(sweep.Subject!), sweep.Subject!.Ceiling);
        }

        return sweep;
    }

    private void RequireLaunchable(SweepRecord sweep, IReadOnlyList<RunRecord> runs)
    {
        if (sweep.Variants.Zip(runs).FirstOrDefault(variant => !variant.Second.Job!.Enabled) is { First: { } disabled })
        {
            throw new PipelineException(
                CostingErrors.LaunchDisabled, $"enable_training_job is false for variant {disabled.Number}, so nothing is launched. Set it to true in the environment's tfvars, or with --var=enable_training_job=true.");
        }

        SweepGate.RequireSameInfrastructure(sweep, runs);
        var (costs, parallel) = (runs.Select(run => run.Cost!).ToList(), Math.Min(call.Options.Parallel ?? StandardParallel, runs.Count));
        if (SweepGate.Refusals(costs, parallel).ToList() is { Count: > 0 } refusals)
        {
            throw new PipelineException(SweepErrors.Refused, $"The cost gate refuses sweep {sweep.SweepId}: {string.Join(" ", refusals)}");
        }

        if (SweepGate.QuotaShortfallMessage(costs, parallel) is { } shortfall)
        {
            throw new PipelineException(SweepErrors.OverQuota, $"Service quota exceeded: {shortfall}");
        }
    }

    private async Task BeginAsync(SweepRecord sweep, SweepVariant variant, SourceCommit? commit, CancellationToken cancellationToken)
    {
        var journal = await archive.OpenAsync(variant.RunId, null, cancellationToken);
        if (journal.IsEmpty)
        {
            var run = new RunRecord
            {
                RunId = variant.RunId, Environment = sweep.Environment, JobFile = sweep.JobFile, Sweep = sweep.SweepId, StartedAt = sweep.CreatedAt, Commit = commit?.Id, UncommittedChanges = commit?.Dirty,
            };
            await journal.BeginAsync("run.started", run, new { call.Options.Target, sweep.SweepId, variant.Number }, cancellationToken);
        }
    }

    // The first alone: what is wrong with the environment is told once.
    private async Task PriceAsync(SweepRecord sweep, CancellationToken cancellationToken)
    {
        await PriceAsync(sweep, sweep.Variants[0], cancellationToken);
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(sweep.Variants.Skip(1), options, async (variant, token) => await PriceAsync(sweep, variant, token));
    }

    private async Task PriceAsync(SweepRecord sweep, SweepVariant variant, CancellationToken cancellationToken)
    {
        if ((await reader.ReadAsync(variant.RunId, cancellationToken))?.Record.Subject is not null)
        {
            return;
        }

        var code = await process.PriceAsync(sweep, variant, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        var run = (await reader.ReadAsync(variant.RunId, cancellationToken))!.Record;
        if (code != ExitCode.Done || run.Subject is null)
        {
            throw new PipelineException(
                SweepErrors.VariantRefused with { ExitCode = code == ExitCode.Done ? ExitCode.Failed : code },
                $"Variant {variant.Number} ({SweepVariables.Describe(variant.Values)}) cannot be put up for approval: {run.ErrorWithId ?? "the process ended early."}\nIts output:\n  {call.Session.Store.PathOf(variant.RunId, VariantProcess.Log)}");
        }
    }
}
