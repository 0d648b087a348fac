using BuildPipeline.Accounts;
using Octokit;

namespace BuildPipeline.Doctor;

/// <summary>How GitHub answers for the repository that receipts are posted to.</summary>
public enum GitHubAnswer
{
    /// <summary>There is no token, or nothing names a repository.</summary>
    NotConfigured,

    /// <summary>GitHub did not answer.</summary>
    NoAnswer,

    /// <summary>GitHub rejects the token.</summary>
    TokenRejected,

    /// <summary>The repository does not exist, or the token may not read it.</summary>
    NotFound,

    /// <summary>The token may read it.</summary>
    Readable,
}

/// <summary>GitHub, which gets the receipts and has the reviews.</summary>
public static class GitHubCheck
{
    /// <summary>Judges the answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="repository">OWNER/NAME; null if nothing names it.</param>
    public static Check Judge(GitHubAnswer answer, string? repository) => answer switch
    {
        GitHubAnswer.NotConfigured => Check.Warning("github", $"{(repository is null ? "GITHUB_REPOSITORY" : "GITHUB_TOKEN")} is not set, so receipts are not posted. docs/how-to/set-up-github.md has the setup."),
        GitHubAnswer.NoAnswer => Check.Warning("github", $"GitHub did not answer for {repository}. Receipts may not be posted."),
        GitHubAnswer.TokenRejected => Check.Failed("github", DoctorErrors.GitHubRefused, "GitHub rejects GITHUB_TOKEN. Set another one, or unset it."),
        GitHubAnswer.NotFound => Check.Failed("github", DoctorErrors.GitHubRefused, $"{repository} does not exist, or GITHUB_TOKEN may not read it. Correct GITHUB_REPOSITORY, or grant the token access."),
        _ => Check.Good("github", $"{repository} is readable. Posting is not tried: the token needs issues: write."),
    };

    /// <summary>Asks GitHub for the repository.</summary>
    public static async Task<GitHubAnswer> AskAsync(Uri address, string? token, string? repository, CancellationToken cancellationToken)
    {
        if (token is not { Length: > 0 } || repository?.Split('/') is not [var owner, var name])
        {
            return GitHubAnswer.NotConfigured;
        }

        try
        {
            var client = GitHubAccess.Client(address, token);
            await client.Repository.Get(owner, name).WaitAsync(cancellationToken);
            return GitHubAnswer.Readable;
        }
        catch (AuthorizationException)
        {
            return GitHubAnswer.TokenRejected;
        }
        catch (NotFoundException)
        {
            return GitHubAnswer.NotFound;
        }
        catch (Exception exception) when (exception is ApiException or HttpRequestException)
        {
            return GitHubAnswer.NoAnswer;
        }
    }
}
