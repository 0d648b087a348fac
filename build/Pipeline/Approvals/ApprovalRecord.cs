using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using BuildPipeline.Approvals.Comments;
using BuildPipeline.Approvals.Statements;
using BuildPipeline.Jobs;
using BuildPipeline.Policies;

namespace BuildPipeline.Approvals;

/// <summary>All that one approval binds; its digest is what a person approves.</summary>
public sealed record ApprovalSubject
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The Terraform environment.</summary>
    public required string Environment { get; init; }

    /// <summary>SHA-256 of the saved plan, hex.</summary>
    public required string PlanSha256 { get; init; }

    /// <summary>SHA-256 of what the plan does, hex: equal for equal plans, whoever made them; null in records of earlier versions.</summary>
    public string? PlanContentSha256 { get; init; }

    /// <summary>The job as planned.</summary>
    public required TrainingJobSpec Job { get; init; }

    /// <summary>Market policy and deadline.</summary>
    public RunTerms? Terms { get; init; }

    /// <summary>SHA-256 over Terraform's files and variables, hex.</summary>
    public string? ConfigurationSha256 { get; init; }

    /// <summary>SHA-256 over the training program's files, hex.</summary>
    public required string SourceSha256 { get; init; }

    /// <summary>SHA-256 over the files of each channel that the pipeline uploads, hex; a channel whose data is already in S3 is left out.</summary>
    public IReadOnlyDictionary<string, string> DataSha256 { get; init; } = new Dictionary<string, string>();

    /// <summary>SHA-256 of the price data, hex.</summary>
    public required string PricesSha256 { get; init; }

    /// <summary>What an organisation's own rules say; null if none were asked.</summary>
    public PolicyScope? Policy { get; init; }

    /// <summary>The amount that is approved, dollars, in full cents.</summary>
    public required Usd Ceiling { get; init; }

    /// <summary>After this moment the approval is void.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>Who or what approved.</summary>
public enum ApprovalSource
{
    /// <summary>The amount was typed at a terminal.</summary>
    Terminal,

    /// <summary>The digest was given as <c>--approve=DIGEST</c> on a command line.</summary>
    Option,

    /// <summary>GitHub's records say that a reviewer of a protected environment released the workflow run with this digest.</summary>
    GitHubEnvironment,

    /// <summary>An approver named the content's digest in a comment on the pull request, as GitHub has it.</summary>
    Comment,

    /// <summary>The sandbox's own policy: nothing can be spent there.</summary>
    Sandbox,
}

/// <summary>A given approval: <c>approval.json</c>.</summary>
/// <param name="Digest">SHA-256 of the canonical subject, hex.</param>
/// <param name="Subject">What was approved.</param>
/// <param name="Source">How it was given.</param>
/// <param name="Approver">The GitHub reviewer; otherwise the name of the local user.</param>
/// <param name="ApprovedAt">When, by AWS's clock.</param>
/// <param name="Review">What GitHub records of the review; null if there was none.</param>
/// <param name="Sweep">The approval of the sweep that this one is a part of; null if the run was approved by itself.</param>
public sealed record ApprovalRecord(
    string Digest, ApprovalSubject Subject, ApprovalSource Source, string Approver, DateTimeOffset ApprovedAt, ApprovalReview? Review = null, ApprovedSweep? Sweep = null)
{
    /// <summary>Who asked for it: who started the workflow run, otherwise the name of the local user; null in records of earlier versions.</summary>
    public string? Requester { get; init; }

    /// <summary>The comment that approved; null if none did.</summary>
    public ApprovalComment? Comment { get; init; }

    /// <summary>When it ends unless a job was submitted: with the time for the run's approval or, earlier, with that of the comment.</summary>
    [JsonIgnore]
    public DateTimeOffset ExpiresAt => Comment is { } comment && comment.ExpiresAt < Subject.ExpiresAt ? comment.ExpiresAt : Subject.ExpiresAt;

    /// <summary>The same as a signed statement; null where the environment has no key for approvals.</summary>
    public SignedStatement? Statement { get; init; }

    /// <summary>What is signed of it.</summary>
    public SpendApproval ToStatement() => new()
    {
        RunId = Subject.RunId,
        Environment = Subject.Environment,
        Digest = Digest,
        Amount = Subject.Ceiling.Amount.ToString("0.00", CultureInfo.InvariantCulture),
        Currency = "USD",
        Approver = Approver,
        Requester = Requester ?? "",
        Way = JsonNamingPolicy.SnakeCaseLower.ConvertName(Source.ToString()),
        ApprovedAt = Moment(ApprovedAt),
        ExpiresAt = Moment(ExpiresAt),
    };

    private static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}

/// <summary>Who gave an approval, and how that is known.</summary>
/// <param name="Source">How it was given.</param>
/// <param name="Approver">The GitHub reviewer; otherwise the name of the local user.</param>
/// <param name="ApprovedAt">When, by AWS's clock.</param>
/// <param name="Review">What GitHub records of the review; null if there was none.</param>
/// <param name="Requester">Who asked for it: who started the workflow run, otherwise the name of the local user; null in records of earlier versions.</param>
public sealed record ApprovalGrant(ApprovalSource Source, string Approver, DateTimeOffset ApprovedAt, ApprovalReview? Review = null, string? Requester = null)
{
    /// <summary>The comment that approved; null if none did.</summary>
    public ApprovalComment? Comment { get; init; }

    /// <summary>The approval of a run that was given so.</summary>
    public ApprovalRecord For(string digest, ApprovalSubject subject) => new(digest, subject, Source, Approver, ApprovedAt, Review) { Requester = Requester, Comment = Comment };
}

/// <summary>The approval of a sweep.</summary>
/// <param name="SweepId">The sweep.</param>
/// <param name="Digest">SHA-256 over the digests of all its variants and their ceiling, hex.</param>
/// <param name="Ceiling">The amount that was approved for all of them, dollars.</param>
public sealed record ApprovedSweep(string SweepId, string Digest, Usd Ceiling);

/// <summary>A review as GitHub records it.</summary>
public sealed record ApprovalReview
{
    /// <summary>The protected environment.</summary>
    public required string Environment { get; init; }

    /// <summary>Who released the job.</summary>
    public required string Reviewer { get; init; }

    /// <summary>Who started the workflow run.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>When GitHub started the job that had waited for the review.</summary>
    public DateTimeOffset? ReleasedAt { get; init; }

    /// <summary>The reviewer's comment; empty if there is none.</summary>
    public required string Comment { get; init; }

    /// <summary>The workflow run.</summary>
    public required long WorkflowRunId { get; init; }

    /// <summary>The attempt of it.</summary>
    public long WorkflowRunAttempt { get; init; }

    /// <summary>Its page.</summary>
    public required string Url { get; init; }
}
