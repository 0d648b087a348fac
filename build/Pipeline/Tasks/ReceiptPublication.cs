using BuildPipeline.History;
using BuildPipeline.Reporting;
using BuildPipeline.Reporting.GitHub;
using BuildPipeline.Reporting.Html;
using BuildPipeline.Reporting.Markdown;
using BuildPipeline.Reporting.Receipts;
using BuildPipeline.Runs;

namespace BuildPipeline.Tasks;

/// <summary>Writes the receipt, posts it to GitHub, and tells whoever is needed.</summary>
public sealed class ReceiptPublication(
    PipelineCall call, RunPosting posting, GitHubActions actions, RunNotices notices, RunTracking tracking, PreviousRun previous, RunContinuation continuation)
{
    /// <summary>True if something of the run is still to be posted to GitHub.</summary>
    public bool IsBehind => posting.IsBehind;

    /// <summary>Writes <c>summary.md</c> and <c>report.html</c>; what cannot be uploaded or posted is a warning, never a failure of the run.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var run = call.Run;
        var markdown = await WriteAsync(run, cancellationToken);
        actions.AddToPage(posting.Notice + markdown);
        await posting.PostAsync(markdown, cancellationToken);
        if (!call.Options.Offline)
        {
            await notices.TellAsync(cancellationToken);
        }

        RunView.ShowEnd(call.Console, run, call.Session.PathOf(RunFiles.Summary), call.Session.PathOf(RunFiles.Report));
    }

    // The receipt of a closed run stays as it was written.
    private async Task<string> WriteAsync(RunRecord run, CancellationToken cancellationToken)
    {
        var (summary, page) = (call.Session.PathOf(RunFiles.Summary), call.Session.PathOf(RunFiles.Report));
        var kept = run.ClosedAt is not null && File.Exists(summary) ? await File.ReadAllTextAsync(summary, cancellationToken) : null;
        if (kept is not null && File.Exists(page))
        {
            return kept;
        }

        var metrics = await tracking.MetricsAsync(run, cancellationToken);
        var next = run.EndedAt is not null ? null : continuation.Command(run);
        var verify = run.Approval?.Statement is null ? null : call.Hints.For("Verify", $"--run={run.RunId}");
        var report = RunReport.Create(run, metrics, await PreviousAsync(run, cancellationToken), next, verify, call.Time.GetUtcNow());
        var receipt = Receipt.Create(run, report);
        call.Session.Store.WriteText(run.RunId, RunFiles.Report, HtmlReceipt.Write(receipt, report));
        if (kept is not null)
        {
            return kept;
        }

        var markdown = MarkdownReceipt.Write(receipt);
        call.Session.Store.WriteText(run.RunId, RunFiles.Summary, markdown);
        return markdown;
    }

    // A receipt without the comparison is better than none.
    private async Task<RunRecord?> PreviousAsync(RunRecord run, CancellationToken cancellationToken)
    {
        try
        {
            return call.Options.Offline || run.EndedAt is null ? null : await previous.FindAsync(run, cancellationToken);
        }
        catch (PipelineException)
        {
            return null;
        }
    }
}
