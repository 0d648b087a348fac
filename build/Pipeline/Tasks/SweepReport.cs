using System.Globalization;
using BuildPipeline.Reporting;
using BuildPipeline.Reporting.GitHub;
using BuildPipeline.Runs;
using BuildPipeline.Sweeps;
using BuildPipeline.Terminal;

namespace BuildPipeline.Tasks;

/// <summary>Reads a sweep with the runs of its variants, and shows them side by side.</summary>
public sealed class SweepReport(PipelineCall call, SweepStore store, RunReader reader, GitHubActions actions, DocumentOutput output)
{
    /// <summary>The sweep, and the runs of its variants in their order; null for one that has not started.</summary>
    /// <exception cref="PipelineException">There is no such sweep (exit code 2), or the bucket cannot be reached.</exception>
    public async Task<(SweepRecord Sweep, IReadOnlyList<RunRecord?> Runs)> ReadAsync(string sweepId, CancellationToken cancellationToken)
    {
        var sweep = await store.ReadAsync(sweepId, cancellationToken);
        return (sweep, await Concurrently.SelectAsync(sweep.Variants, async (variant, token) => (await reader.ReadAsync(variant.RunId, token))?.Record, cancellationToken));
    }

    /// <summary>Shows what happened to a variant.</summary>
    public void Tell(SweepNews news) => SweepView.Tell(call.Console, news, call.Session.Store.PathOf(news.Variant.RunId, VariantProcess.Log));

    /// <summary>Shows a sweep, as a table or as JSON.</summary>
    public async Task ShowAsync(string sweepId, CancellationToken cancellationToken)
    {
        var (sweep, runs) = await ReadAsync(sweepId, cancellationToken);
        var document = SweepDocument.From(sweep, runs, ResumeCommand(sweepId));
        if (call.Options.Json)
        {
            output.Write(document);
        }
        else
        {
            SweepView.Show(call.Console, document);
        }
    }

    /// <summary>Shows how a sweep ended for this call, also on the page of the workflow run.</summary>
    public void ShowEnd(SweepRecord sweep, IReadOnlyList<RunRecord?> runs)
    {
        var document = SweepDocument.From(sweep, runs, ResumeCommand(sweep.SweepId));
        SweepView.Show(call.Console, document);
        actions.AddToPage(SweepView.Markdown(document));
    }

    /// <summary>The command that continues a sweep.</summary>
    public string ResumeCommand(string sweepId) =>
        call.Hints.For("Resume", [$"--run={sweepId}", .. call.Options.Parallel is { } parallel ? new[] { string.Create(CultureInfo.InvariantCulture, $"--parallel={parallel}") } : []]);
}
