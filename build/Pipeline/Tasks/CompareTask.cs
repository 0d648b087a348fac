using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Compares two runs.</summary>
[TaskName("Compare")]
[TaskDescription("Compares two runs: cost, time, interruptions, metrics and changed settings.")]
public sealed class CompareTask(PipelineCall call, RunReader reader, DocumentOutput output) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => CompareAsync(context.Cancellation);

    /// <summary>Compares them; changes nothing.</summary>
    /// <exception cref="PipelineException">The environment has no such run, or its log cannot be read (exit code 2).</exception>
    public async Task CompareAsync(CancellationToken cancellationToken)
    {
        var names = call.Options.ComparedRuns;
        var comparison = RunComparison.From(await FindAsync(names[0], cancellationToken), await FindAsync(names[1], cancellationToken));
        if (call.Options.Json)
        {
            output.Write(comparison);
        }
        else
        {
            ComparisonView.Show(call.Console, comparison);
        }
    }

    private async Task<RunRecord> FindAsync(string name, CancellationToken cancellationToken)
    {
        var id = name != RunStore.Newest ? name : await reader.IdsAsync("", cancellationToken) is [.., var newest] ? newest : null;
        var here = id is null ? null : call.Session.Store.TryLoad(id);
        return (id is null ? null : await reader.ReadAsync(id, cancellationToken))?.Record
            ?? (here?.Environment == call.Options.Environment ? here : null)
            ?? throw new PipelineException(RunErrors.NoSuchRun, $"Environment {call.Options.Environment} has no run {name}. List its runs with:\n  {call.Hints.For("History")}");
    }
}
