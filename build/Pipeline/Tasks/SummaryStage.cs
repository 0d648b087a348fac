using BuildPipeline.Accounts;
using BuildPipeline.Cli;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Writes the receipt, and posts it to GitHub.</summary>
public sealed class SummaryStage(
    PipelineOptions options, RunSession session, IAccount account, GitHubReceipt receipts, GitHubActions actions, IAnsiConsole console, TimeProvider time)
{
    /// <summary>Writes <c>summary.md</c>; what cannot be uploaded or posted is a warning, never a failure of the run.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var run = session.Run;
        var markdown = Receipt.Markdown(run, time.GetUtcNow());
        if (run.ClosedAt is not null && File.Exists(session.PathOf(RunFiles.Summary)))
        {
            // The receipt of a closed run stays as it was written.
            markdown = await File.ReadAllTextAsync(session.PathOf(RunFiles.Summary), cancellationToken);
        }

        session.Store.WriteText(run.RunId, RunFiles.Summary, markdown);
        actions.AddToPage(markdown);
        if (!options.Offline && Target() is { } target)
        {
            await TryAsync("post the summary to GitHub", () => receipts.PublishAsync(run, markdown, target, cancellationToken));
        }

        RunView.ShowEnd(console, run, session.PathOf(RunFiles.Summary));
    }

    private GitHubTarget? Target() => GitHubTarget.From(
        options.GitHubRepository, options.GitHubIssue, account.GitHub);

    private async Task TryAsync(string what, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            console.Warn($"Could not {what}: {exception.Message}");
        }
    }
}
