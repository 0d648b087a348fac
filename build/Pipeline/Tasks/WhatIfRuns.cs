using BuildPipeline.Approvals;
using BuildPipeline.Costing;
using BuildPipeline.Runs;

namespace BuildPipeline.Tasks;

/// <summary>Plans and prices other ways to do a run's work, each as a run of its own in a process of its own, so each has a digest that can be approved as it stands.</summary>
public sealed class WhatIfRuns(PipelineCall call, RunProcess processes)
{
    private const string Log = "what-if.log";

    // One plans while another one is priced: terraform works for one at a time.
    private const int AtOnce = 2;

    // A way that is compared is neither posted nor an output of the workflow's step.
    private const string Publishing = "GITHUB_";

    /// <summary>Options of the plan that this call lacks, so the others cannot be planned like it; empty if there are none.</summary>
    /// <remarks>The record of a plan has the values of <c>--var</c> as hashes only.</remarks>
    public IReadOnlyList<string> MissingOptions() =>
        [.. (call.Run.Plan!.Configuration?.Variables.Keys ?? []).Except(call.Options.Variables.Select(NameOf)).Select(name => $"--var={name}=...")];

    /// <summary>The lines of points: each with its run and its digest, or with what its gate says against it.</summary>
    public async Task<IReadOnlyList<WhatIfLine>> PlanAsync(IReadOnlyList<WhatIfPoint> points, CancellationToken cancellationToken)
    {
        var lines = new WhatIfLine[points.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, points.Count, options, async (index, token) => lines[index] = await PlanAsync(points[index], token));
        return lines;
    }

    private async Task<WhatIfLine> PlanAsync(WhatIfPoint point, CancellationToken cancellationToken)
    {
        var id = Create();
        var code = await processes.RunAsync(id, Log, Arguments(id, point), cancellationToken, Publishing);
        cancellationToken.ThrowIfCancellationRequested();
        var (run, line) = (call.Session.Store.Load(id), WhatIfLine.From(point) with { RunId = id });
        return code == ExitCode.Done && run.Subject is { } subject
            ? line with { Digest = ApprovalDigest.Compute(subject), ContentDigest = ApprovalDigest.ComputeContent(subject), Ceiling = subject.Ceiling }
            : line with { Problem = run.ErrorWithId ?? $"Its process ended early; see {call.Session.Store.PathOf(id, Log)}." };
    }

    // Its ID is from before this run's, so this one stays the newest.
    private string Create()
    {
        var run = new RunRecord
        {
            RunId = RunStore.NewId(call.Run.StartedAt.AddSeconds(-1)),
            Environment = call.Run.Environment,
            JobFile = call.Run.JobFile,
            StartedAt = call.Time.GetUtcNow(),
            Commit = call.Run.Commit,
            UncommittedChanges = call.Run.UncommittedChanges,
        };
        call.Session.Store.Save(run.RunId, RunDocument.Create(run));
        return run.RunId;
    }

    private IReadOnlyList<string> Arguments(string id, WhatIfPoint point)
    {
        var own = point.Variables.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        IEnumerable<string> variables = [.. call.Options.Variables.Where(variable => !own.Contains(NameOf(variable))), .. point.Variables];
        var files = call.Options.VariableFiles.Count > 0 ? call.Options.VariableFiles : (call.Run.Plan!.Configuration?.VariableFiles.Keys ?? []).Where(File.Exists);
        string[] replaced = own.Contains("deadline_hours") ? ["var", "var-file", "deadline"] : ["var", "var-file"];
        return call.Hints.Without([.. replaced, "github-repository", "github-issue"]).Arguments(
            "CostGate", [$"--run={id}", .. call.Run.JobFile is { } job ? new[] { $"--job={job}" } : [], .. variables.Select(variable => $"--var={variable}"), .. files.Select(file => $"--var-file={file}")]);
    }

    private static string NameOf(string variable) => variable.Split('=')[0].Trim();
}
