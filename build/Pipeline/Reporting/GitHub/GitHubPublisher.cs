using BuildPipeline.Accounts;

namespace BuildPipeline.Reporting.GitHub;

/// <summary>What became of a publication.</summary>
/// <param name="Missing">Names of what has to be posted later.</param>
/// <param name="Why">Why it is missing; null if nothing is.</param>
/// <param name="Refused">Sentences about what this token can never post.</param>
public sealed record PublicationResult(IReadOnlyList<string> Missing, string? Why, IReadOnlyList<string> Refused);

/// <summary>Posts what GitHub shows of a run. It takes a minute at most, and no failure of GitHub is one of the run.</summary>
public sealed class GitHubPublisher(TimeProvider time)
{
    private const int Tries = 3;

    // No request starts after this, and none takes longer than its own limit.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(10);

    /// <summary>Posts it, or brings what is there up to date.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, between two requests: the answer to one that was sent is waited for, so the next publication finds its effect.</exception>
    public async Task<PublicationResult> PublishAsync(GitHubTarget target, RunPublication publication, CancellationToken cancellationToken)
    {
        var client = GitHubAccess.Client(target.BaseAddress, target.Token);
        client.SetRequestTimeout(RequestLimit);
        var end = time.GetUtcNow() + Limit;
        GitHubSession? session = null;
        var why = (await TryAsync(async () => session = await GitHubSession.OpenAsync(client), end, cancellationToken))?.Message;
        var (missing, refused) = (new List<string>(), new List<string>());
        foreach (var post in GitHubPost.All(target, publication))
        {
            // What fails now fails for the others too: they are not tried, so a GitHub that is down costs one wait.
            if (why is not null)
            {
                missing.Add(post.Name);
            }
            else if (post.NeedsApp && !session!.IsApp)
            {
                refused.Add($"The {post.Name} is not posted: GitHub takes it from Apps only, such as the token of a workflow, and not from {session.Login}.");
            }
            else if (await TryAsync(() => post.PostAsync(session!), end, cancellationToken) is { } failure)
            {
                if (failure.IsFinal)
                {
                    refused.Add($"The {post.Name} is not posted to {target} as {session!.Login}: {failure.Message}. A workflow's job needs the permission '{post.Permission}'.");
                }
                else
                {
                    why = failure.Message;
                    missing.Add(post.Name);
                }
            }
        }

        return new(missing, why, refused);
    }

    /// <returns>Why it failed; null if it did not.</returns>
    private async Task<Failure?> TryAsync(Func<Task> post, DateTimeOffset end, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await post();
                return null;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                var now = time.GetUtcNow();
                var failure = GitHubFailure.Judge(exception, now, tries);
                if (failure.Reaction != GitHubReaction.Retry || tries == Tries || now + failure.Pause > end)
                {
                    return new(exception is OperationCanceledException ? "GitHub did not answer in time" : InertText.OneLine(exception.Message).TrimEnd('.'), failure.Reaction == GitHubReaction.Never);
                }

                await Task.Delay(failure.Pause, time, cancellationToken);
            }
        }
    }

    private sealed record Failure(string Message, bool IsFinal);
}
