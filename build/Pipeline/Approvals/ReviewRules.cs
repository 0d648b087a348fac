using System.Globalization;

namespace BuildPipeline.Approvals;

/// <summary>What GitHub records of a workflow run that waited for a review.</summary>
public sealed record WorkflowReviews
{
    /// <summary>The workflow run.</summary>
    public required long RunId { get; init; }

    /// <summary>Its newest attempt.</summary>
    public required long Attempt { get; init; }

    /// <summary>The attempt that this process says it is part of; null if it says none.</summary>
    public long? OwnAttempt { get; init; }

    /// <summary>Its page.</summary>
    public required string Url { get; init; }

    /// <summary>Who started it, and who started it again.</summary>
    public required IReadOnlyList<string> StartedBy { get; init; }

    /// <summary>The jobs of that attempt.</summary>
    public required IReadOnlyList<WorkflowJobStart> Jobs { get; init; }

    /// <summary>All reviews of it, of every attempt: GitHub gives neither their time nor their job.</summary>
    public required IReadOnlyList<EnvironmentReview> Reviews { get; init; }

    /// <summary>The environment that the launch has to wait for.</summary>
    public required string Environment { get; init; }

    /// <summary>True if that environment has required reviewers.</summary>
    public required bool RequiresReviewers { get; init; }
}

/// <summary>A job of a workflow run.</summary>
/// <param name="RunId">The workflow run that it is part of.</param>
/// <param name="Name">As the reviewers saw it.</param>
/// <param name="Status">GitHub's status: <c>waiting</c> until a reviewer releases it, <c>in_progress</c> while it runs.</param>
/// <param name="StartedAt">When GitHub started it; null while it waits.</param>
public sealed record WorkflowJobStart(long RunId, string Name, string Status, DateTimeOffset? StartedAt);

/// <summary>A review of a workflow run.</summary>
/// <param name="Environments">Names of the environments that it is for.</param>
/// <param name="Approved">True if it released them.</param>
/// <param name="Reviewer">Login of the reviewer.</param>
/// <param name="Comment">The reviewer's comment.</param>
public sealed record EnvironmentReview(IReadOnlyList<string> Environments, bool Approved, string Reviewer, string Comment);

/// <summary>Reads the reviews of the workflow run that this process is part of.</summary>
public interface IWorkflowReviews
{
    /// <summary>The reviews; null if this process says that it is part of none.</summary>
    /// <exception cref="PipelineException">GitHub cannot be asked, or does not know the workflow run, so nothing is verified (exit code 4).</exception>
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
    /// <param name="allowSelfApproval">True if whoever started the workflow run may release it too.</param>
    /// <exception cref="PipelineException">There is none (exit code 4).</exception>
    public static ApprovalReview Judge(WorkflowReviews found, string digest, bool allowSelfApproval)
    {
        var environment = found.Environment;
        if (!found.RequiresReviewers)
        {
            throw new PipelineException(ApprovalErrors.NoRequiredReviewers, $"The GitHub environment '{environment}' has no required reviewers, so nobody reviewed workflow run {found.RunId}. Add required reviewers to it, or set APPROVAL_ENVIRONMENT to the environment that has them.");
        }

        var job = FindReleased(found, digest);
        var approvals = found.Reviews.Where(review => review.Approved && review.Environments.Contains(environment, StringComparer.OrdinalIgnoreCase)).ToList();
        if (approvals.Count == 0)
        {
            throw new PipelineException(ApprovalErrors.NoReview, $"GitHub records no approving review of the environment '{environment}' for workflow run {found.RunId}. Have a reviewer approve it on {found.Url}.");
        }

        var review = approvals.Find(review => !IsSelf(found, review)) ?? (allowSelfApproval ? approvals[0] : throw new PipelineException(
            ApprovalErrors.OwnReview, $"{approvals[0].Reviewer} started workflow run {found.RunId} and is its only reviewer. Have someone else review it, or set allow_self_approval to true and plan again."));
        return new ApprovalReview
        {
            Environment = environment,
            Reviewer = review.Reviewer,
            RequestedBy = found.StartedBy[^1],
            ReleasedAt = job.StartedAt,
            Comment = review.Comment,
            WorkflowRunId = found.RunId,
            WorkflowRunAttempt = found.Attempt,
            Url = found.Url,
        };
    }

    // The job that runs this process: it is running now, in the newest attempt, under a name that the reviewers saw while it waited.
    private static WorkflowJobStart FindReleased(WorkflowReviews found, string digest)
    {
        if (found.OwnAttempt != found.Attempt)
        {
            throw new PipelineException(ApprovalErrors.OldAttempt, $"GITHUB_RUN_ATTEMPT is {found.OwnAttempt?.ToString(CultureInfo.InvariantCulture) ?? "not set"}, but workflow run {found.RunId} is at attempt {found.Attempt}, so a review of it is not a review of this job. Run the newest attempt.");
        }

        var named = found.Jobs.Where(job => job.RunId == found.RunId && job.Name.Contains(Prefix(digest), StringComparison.Ordinal)).ToList();
        if (named.Count == 0)
        {
            throw new PipelineException(ApprovalErrors.DigestNotShown, $"No job of workflow run {found.RunId}, attempt {found.Attempt}, has the digest in its name, so its reviewers did not see it. Put the output digest_prefix into the job's name, as .github/workflows/launch.yml does.");
        }

        return named.Find(job => job is { Status: "in_progress", StartedAt: not null }) ?? throw new PipelineException(
            ApprovalErrors.OtherWorkflowJob, $"The job '{named[0].Name}' of workflow run {found.RunId} is {named[0].Status}, not in_progress, so it is not the job that asks. Call Launch in the job that waits for the environment and has the digest in its name, as .github/workflows/launch.yml does.");
    }

    private static bool IsSelf(WorkflowReviews found, EnvironmentReview review) => found.StartedBy.Contains(review.Reviewer, StringComparer.OrdinalIgnoreCase);
}
