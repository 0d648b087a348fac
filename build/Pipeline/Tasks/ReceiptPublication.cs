using BuildPipeline.Accounts;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;

namespace BuildPipeline.Tasks;

/// <summary>Writes the receipt, posts it to GitHub, and tells whoever is needed.</summary>
public sealed class ReceiptPublication(PipelineCall call, IAccount account, GitHubReceipt receipts, GitHubActions actions, RunNotices notices)
{
    /// <summary>Writes <c>summary.md</c>; what cannot be uploaded or posted is a warning, never a failure of the run.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var run = call.Run;
        var markdown = Receipt.Markdown(run, call.Time.GetUtcNow());
        if (run.ClosedAt is not null && File.Exists(call.Session.PathOf(RunFiles.Summary)))
        {
            // The receipt of a closed run stays as it was written.
            markdown = await File.ReadAllTextAsync(call.Session.PathOf(RunFiles.Summary), cancellationToken);
        }

        call.Session.Store.WriteText(run.RunId, RunFiles.Summary, markdown);
        actions.AddToPage(markdown);
        if (!call.Options.Offline && Target() is { } target)
        {
            await TryAsync("post the summary to GitHub", () => receipts.PublishAsync(run, markdown, target, cancellationToken));
        }

        if (!call.Options.Offline)
        {
            await notices.TellAsync(cancellationToken);
        }

        RunView.ShowEnd(call.Console, run, call.Session.PathOf(RunFiles.Summary));
    }

    // Whoever continues the run, its receipt goes where its launch said.
    private GitHubTarget? Target()
    {
        var github = account.GitHub;
        var recorded = call.Options.GitHubIssue is null ? call.Run.ReceiptIssue : null;
        return GitHubTarget.From(recorded ?? GitHubIssue.Named(call.Options.GitHubRepository, call.Options.GitHubIssue, github), github);
    }

    private async Task TryAsync(string what, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            call.Console.Warn($"Could not {what}: {exception.Message}");
        }
    }
}
