using BuildPipeline.Runs;

namespace BuildPipeline.Approvals;

/// <summary>What GitHub records of a workflow run that waited for a review.</summary>
/// <param name="RunId">The workflow run.</param>
/// <param name="Url">Its page.</param>
/// <param name="StartedBy">Who started it, and who started it again.</param>
/// <param name="Jobs">Its jobs.</param>
/// <param name="Reviews">All reviews of it.</param>
/// <param name="Environment">The environment that the launch has to wait for.</param>
/// <param name="RequiresReviewers">True where that environment has required reviewers.</param>
public sealed record WorkflowReviews(
    long RunId,
    string Url,
    IReadOnlyList<string> StartedBy,
    IReadOnlyList<WorkflowJobStart> Jobs,
    IReadOnlyList<EnvironmentReview> Reviews,
    string Environment,
    bool RequiresReviewers);

/// <summary>A job of a workflow run.</summary>
/// <param name="Name">As the reviewers saw it.</param>
/// <param name="StartedAt">When GitHub started it; null while it waits.</param>
public sealed record WorkflowJobStart(string Name, DateTimeOffset? StartedAt);

/// <summary>A review of a workflow run.</summary>
/// <param name="Environments">Names of the environments that it is for.</param>
/// <param name="Approved">True where it released them.</param>
/// <param name="Reviewer">Login of the reviewer.</param>
/// <param name="Comment">The reviewer's comment.</param>
public sealed record EnvironmentReview(IReadOnlyList<string> Environments, bool Approved, string Reviewer, string Comment);

/// <summary>Reads the reviews of the workflow run that this process is part of.</summary>
public interface IWorkflowReviews
{
    /// <summary>The reviews; null where there is no workflow run that GitHub knows.</summary>
    /// <exception cref="PipelineException">GitHub cannot be asked, so nothing is verified (exit code 4).</exception>
    Task<WorkflowReviews?> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>Decides whether GitHub's records show that somebody released exactly this digest.</summary>
public static class ReviewRules
{
    private const int PrefixLength = 16;

    /// <summary>The part of a digest that the job's name shows to the reviewers.</summary>
    public static string Prefix(string digest) => digest[..PrefixLength];

    /// <summary>The review that released the digest.</summary>
    /// <param name="found">What GitHub records.</param>
    /// <param name="digest">The digest.</param>
    /// <param name="allowSelfApproval">True where whoever started the workflow run may release it too.</param>
    /// <exception cref="PipelineException">There is none (exit code 4).</exception>
    public static ApprovalReview Judge(WorkflowReviews found, string digest, bool allowSelfApproval)
    {
        var environment = found.Environment;
        if (!found.RequiresReviewers)
        {
            throw Refused($"The GitHub environment '{environment}' has no required reviewers, so nobody reviewed workflow run {found.RunId}. Add required reviewers to it, or set APPROVAL_ENVIRONMENT to the environment that has them.");
        }

        var job = found.Jobs.FirstOrDefault(job => job.Name.Contains(Prefix(digest), StringComparison.Ordinal)) ?? throw Refused(
            $"No job of workflow run {found.RunId} has the digest in its name, so its reviewers did not see it. Put the output digest_prefix into the job's name, as .github/workflows/launch.yml does.");
        var approvals = found.Reviews.Where(review => review.Approved && review.Environments.Contains(environment, StringComparer.OrdinalIgnoreCase)).ToList();
        if (approvals.Count == 0)
        {
            throw Refused($"GitHub records no approving review of the environment '{environment}' for workflow run {found.RunId}. Have a reviewer approve it on {found.Url}.");
        }

        var review = approvals.Find(review => !IsSelf(found, review)) ?? (allowSelfApproval ? approvals[0] : throw Refused(
            $"{approvals[0].Reviewer} started workflow run {found.RunId} and is its only reviewer. Have somebody else review it, or set allow_self_approval to true and plan again."));
        return new ApprovalReview(environment, review.Reviewer, found.StartedBy[^1], job.StartedAt, review.Comment, found.RunId, found.Url);
    }

    private static bool IsSelf(WorkflowReviews found, EnvironmentReview review) => found.StartedBy.Contains(review.Reviewer, StringComparer.OrdinalIgnoreCase);

    private static PipelineException Refused(string sentence) => new(ExitCode.NotApproved, sentence);
}
