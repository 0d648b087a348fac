using System.Globalization;
using BuildPipeline.Accounts;
using BuildPipeline.Approvals.Comments;
using BuildPipeline.Reporting;
using BuildPipeline.Terminal;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Obeys the command in a comment on a pull request, and answers it. An approval launches nothing: Launch looks for the comment, and verifies it anew.</summary>
[TaskName("Comment")]
[TaskDescription("Obeys the command in a pull request's comment: /approve DIGEST AMOUNT, /stop RUN-ID, /status.")]
public sealed class CommentTask(PipelineCall call, IAccount account, CommentEvent comment, IPullRequestComments comments, ITargetProcess processes) : AsyncFrostingTask<PipelineContext>
{
    private const int MostLines = 200;

    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => ObeyAsync(context.Cancellation);

    /// <summary>Obeys; of a comment that is no command, nothing is done.</summary>
    /// <exception cref="PipelineException">It does not count (exit code 4), or what it asks for fails. The answer says why.</exception>
    public async Task ObeyAsync(CancellationToken cancellationToken)
    {
        var id = comment.CommentId();
        if (account.GitHub.Token is not { Length: > 0 } || (call.Options.GitHubRepository ?? account.GitHub.Repository) is not { } repository)
        {
            throw new PipelineException(CommentErrors.NoEvent, "GITHUB_TOKEN or GITHUB_REPOSITORY is not set, so the comment cannot be read. Set both.");
        }

        var written = await comments.FindAsync(repository, id, cancellationToken)
            ?? throw new PipelineException(CommentErrors.Gone, string.Create(CultureInfo.InvariantCulture, $"{repository} has no comment {id}: it was deleted, or never there."));
        try
        {
            if (CommentCommand.Parse(written.Body) is not { } command)
            {
                call.Console.Done($"{written.Url} is no command. Nothing to do.");
                return;
            }

            var facts = await comments.ReadFactsAsync(repository, written, isLaunch: false, cancellationToken);
            await AnswerAsync(repository, written, await ObeyAsync(command, facts, cancellationToken), cancellationToken);
            call.Console.Done($"Obeyed and answered {written.Url} by {written.Author}.");
        }
        catch (PipelineException refusal) when (refusal.Code != CommentErrors.Unreadable)
        {
            await AnswerAsync(repository, written, refusal.MessageWithId, cancellationToken);
            throw;
        }
    }

    private async Task<string> ObeyAsync(CommentCommand command, CommentFacts facts, CancellationToken cancellationToken)
    {
        switch (command.Kind)
        {
            case CommandKind.Approve:
                CommentRules.RequireApproval(facts, command, ceiling: null, allowSelfApproval: false);
                return $"{facts.Comment.Author} approves{(command.Amount is { } amount ? $" up to {amount} for" : "")} the digest {command.Subject}, until {facts.Comment.CreatedAt + CommentRules.Validity:u}, for one run. Launch verifies this comment again, and refuses a plan with another digest.";
            case CommandKind.Stop:
                CommentRules.RequireApprover(facts);
                return await OutputOfAsync("Stop", facts, cancellationToken, $"--run={command.Subject}");
            default:
                CommentRules.RequireWriter(facts);
                return await OutputOfAsync("Status", facts, cancellationToken, command.Subject is { } run ? [$"--run={run}"] : []);
        }
    }

    private async Task<string> OutputOfAsync(string target, CommentFacts facts, CancellationToken cancellationToken, params IEnumerable<string> options)
    {
        var file = Path.Combine(call.Options.ArtifactsFolder, "comments", string.Create(CultureInfo.InvariantCulture, $"{facts.Comment.Id}.log"));
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Delete(file);
        var code = await processes.RunAsync(file, call.Hints.Arguments(target, options), cancellationToken);
        var output = await File.ReadAllTextAsync(file, cancellationToken);
        return code == ExitCode.Done ? output : throw new PipelineException(CommentErrors.TargetFailed with { ExitCode = code }, output);
    }

    private Task AnswerAsync(string repository, PullRequestComment written, string text, CancellationToken cancellationToken) =>
        comments.ReplyAsync(repository, written, $"{written.Url}\n\n{MarkdownText.Fence(InertText.Lines(text.Trim()).Take(MostLines))}", cancellationToken);
}
