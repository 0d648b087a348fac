using BuildPipeline.Accounts;
using BuildPipeline.Cli;
using BuildPipeline.Reporting.GitHub;
using BuildPipeline.Reporting.Markdown;
using BuildPipeline.Reporting.Receipts;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;

namespace BuildPipeline.Tasks;

/// <summary>Shows a run on GitHub. Nothing of it fails a run: what could not be posted is in the log of the run, and whoever works on the run next posts it.</summary>
public sealed class RunPosting(PipelineCall call, IAccount account, GitHubPublisher publisher, RunContinuation continuation)
{
    private const string Unposted = "github.unposted";
    private const string Posted = "github.posted";

    private static readonly TimeSpan TryAgain = TimeSpan.FromMinutes(5);

    private readonly HashSet<string> _told = [];
    private (RunState State, int Jobs, string? Status) _shown;
    private DateTimeOffset _next;

    /// <summary>True if something of the run is still to be posted.</summary>
    public bool IsBehind => call.Session.NewestOf(Unposted, Posted) == Unposted;

    /// <summary>What the page of a workflow starts with, for whoever misses a comment; empty otherwise.</summary>
    public string Notice => account.GitHub.IsFork
        ? "This pull request comes from a fork. It was planned without credentials, and nothing is posted about it.\n\n"
        : "";

    /// <summary>Where the call names that a run is shown.</summary>
    public static (GitHubIssue? Issue, GitHubRevision? Commit) PlaceOf(PipelineOptions options, RunRecord run, GitHubAccess access) => (
        GitHubIssue.Named(options.GitHubRepository, options.GitHubIssue, access),
        GitHubRevision.Named(options.GitHubRepository, run.Commit, run.UncommittedChanges, access));

    /// <summary>Posts the receipt of a target that ends.</summary>
    /// <param name="markdown">The receipt.</param>
    public async Task PostAsync(string markdown, CancellationToken cancellationToken)
    {
        if (await TryPostAsync(call.Run, markdown, cancellationToken) is not { } result)
        {
            return;
        }

        foreach (var sentence in result.Refused.Where(_told.Add))
        {
            call.Console.Warn(sentence);
        }

        if (result.Missing.Count > 0)
        {
            call.Console.Warn($"Not posted to GitHub: {string.Join(", ", result.Missing)} ({result.Why}). The next target that works on run {call.Run.RunId} posts it, or:\n  {call.Hints.For("Summary", $"--run={call.Run.RunId}")}");
        }

        await NoteAsync(result, cancellationToken);
    }

    /// <summary>Shows each stage of a run while a launch works on it; dispose the result to end it.</summary>
    public Repetition Follow() => new(ShowStageAsync, account.PollingOptions.Poll, call.Time);

    private async Task ShowStageAsync(CancellationToken cancellationToken)
    {
        var run = call.Run;
        var stage = (run.State, run.Attempts.Count, run.CurrentAttempt?.SecondaryStatus);
        if (run.CurrentAttempt?.SubmittedAt is null || stage == _shown || call.Time.GetUtcNow() < _next)
        {
            return;
        }

        var report = RunReport.Create(run, [], previous: null, continuation.Command(run), verify: null, call.Time.GetUtcNow());
        var result = await TryPostAsync(run, MarkdownReceipt.Write(Receipt.Create(run, report)), cancellationToken);
        (_shown, _next) = result is { Missing.Count: > 0 } ? (_shown, call.Time.GetUtcNow() + TryAgain) : (stage, _next);
    }

    private async Task<PublicationResult?> TryPostAsync(RunRecord run, string markdown, CancellationToken cancellationToken)
    {
        if (call.Options.Offline || account.GitHub.IsFork || Target(run) is not { } target)
        {
            return null;
        }

        var sentence = Verdict.Sentence(run, call.Time.GetUtcNow()).ToString();
        return await publisher.PublishAsync(target, RunPublication.Create(run, sentence, markdown), cancellationToken);
    }

    // Whoever continues the run, its receipt goes where its launch said. A watch has another commit checked out.
    private GitHubTarget? Target(RunRecord run)
    {
        var (issue, commit) = PlaceOf(call.Options, run, account.GitHub);
        return GitHubTarget.From(
            call.Options.GitHubIssue is null ? run.ReceiptIssue ?? issue : issue,
            run.Attempts.Count == 0 ? commit : run.ReceiptCommit,
            account.GitHub);
    }

    private async Task NoteAsync(PublicationResult result, CancellationToken cancellationToken)
    {
        if (IsBehind == result.Missing.Count > 0)
        {
            return;
        }

        try
        {
            await call.Session.NoteAsync(result.Missing.Count > 0 ? Unposted : Posted, new { result.Missing, result.Why }, cancellationToken);
        }
        catch (PipelineException)
        {
            // The log cannot be written. What is posted twice stays as it is.
        }
    }
}
