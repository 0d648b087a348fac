using BuildPipeline.Accounts;
using BuildPipeline.Approvals.Comments;

namespace BuildPipeline.Pipeline.Tests.Approvals;

/// <summary>A pull request's comments on GitHub, each with what GitHub says of it.</summary>
internal sealed class FakeComments : IPullRequestComments
{
    public const string Repository = "acme/training";

    /// <summary>Oldest first.</summary>
    public List<CommentFacts> Facts { get; } = [];

    /// <summary>What was answered.</summary>
    public List<string> Replies { get; } = [];

    /// <summary>What GitHub answers with instead; null lets it work.</summary>
    public PipelineException? Fault { get; set; }

    /// <summary>An approver's comment on a pull request of somebody else.</summary>
    public static CommentFacts Written(string body, DateTimeOffset? at = null) => new()
    {
        Comment = new()
        {
            Id = 17,
            Issue = 7,
            Author = "reviewer",
            IsPerson = true,
            Body = body,
            CreatedAt = at ?? Sample.Noon,
            UpdatedAt = at ?? Sample.Noon,
            Url = "https://github.example/acme/training/pull/7#issuecomment-17",
        },
        Approvers = "# Who may approve\nreviewer\n",
        Permission = "write",
        Requesters = ["author"],
        ReadAt = (at ?? Sample.Noon).AddHours(1),
    };

    public Task<PullRequestComment?> FindAsync(string repository, long id, CancellationToken cancellationToken) =>
        Answer(Facts.Find(facts => facts.Comment.Id == id)?.Comment);

    public Task<IReadOnlyList<PullRequestComment>> ListAsync(GitHubIssue issue, CancellationToken cancellationToken) =>
        Answer<IReadOnlyList<PullRequestComment>>([.. Facts.Select(facts => facts.Comment)]);

    public Task<CommentFacts> ReadFactsAsync(string repository, PullRequestComment comment, bool isLaunch, CancellationToken cancellationToken) =>
        Answer(Facts.Single(facts => facts.Comment == comment));

    public Task ReplyAsync(string repository, PullRequestComment comment, string markdown, CancellationToken cancellationToken)
    {
        Replies.Add(markdown);
        return Answer(comment);
    }

    private Task<T> Answer<T>(T value) => Fault is null ? Task.FromResult(value) : Task.FromException<T>(Fault);
}
