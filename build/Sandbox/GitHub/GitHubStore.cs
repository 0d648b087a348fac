using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.GitHub;

/// <summary>A comment on an issue or a pull request.</summary>
/// <param name="Repository"><c>owner/name</c>.</param>
internal sealed record Comment(long Id, string Repository, int Issue, string Body, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public string Author { get; init; } = "sandbox";
}

/// <summary>What a build says of a commit.</summary>
/// <param name="State">error, failure, pending or success.</param>
internal sealed record CommitStatus(long Id, string Repository, string Sha, string State, string Context, DateTimeOffset CreatedAt)
{
    public string Creator { get; init; } = "sandbox";

    public string? Description { get; init; }

    public string? TargetUrl { get; init; }
}

/// <summary>A deployment environment.</summary>
/// <param name="Reviewers">Logins of the required reviewers; empty if it has none.</param>
internal sealed record DeploymentEnvironment(string Repository, string Name, string[] Reviewers, bool PreventSelfReview, DateTimeOffset CreatedAt);

/// <summary>A workflow run, as a client described it: the sandbox runs none itself.</summary>
/// <param name="Actor">Who started it.</param>
/// <param name="TriggeringActor">Who started its newest attempt.</param>
internal sealed record WorkflowRun(
    string Repository, long Id, string Actor, string TriggeringActor, WorkflowJob[] Jobs, EnvironmentReview[] Reviews, DateTimeOffset CreatedAt);

/// <summary>A job of a workflow run.</summary>
internal sealed record WorkflowJob(string Name, DateTimeOffset StartedAt);

/// <summary>A review of a workflow run.</summary>
/// <param name="State">approved or rejected.</param>
internal sealed record EnvironmentReview(string[] Environments, string State, string Reviewer, string Comment);

/// <summary>All that clients wrote to the sandbox's GitHub, in one file of the state folder.</summary>
internal sealed class GitHubStore
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly string _file;
    private Content _content;

    public GitHubStore(SandboxSettings settings, TimeProvider time)
    {
        _time = time;
        _file = Path.Combine(settings.FolderOf("github"), "github.json");
        _content = File.Exists(_file) ? AtomicFile.ReadRecord<Content>(_file) : Content.Empty;
    }

    /// <summary>Comments of a repository, oldest first.</summary>
    public IReadOnlyList<Comment> Comments(string repository) => Select(content => content.Comments.Where(comment => comment.Repository == repository));

    /// <summary>Statuses of a commit, newest first.</summary>
    public IReadOnlyList<CommitStatus> Statuses(string repository, string sha) =>
        Select(content => content.Statuses.Where(status => status.Repository == repository && status.Sha == sha).Reverse());

    /// <summary>The newest status of each context of a commit.</summary>
    public IReadOnlyList<CommitStatus> LatestStatuses(string repository, string sha) => [.. Statuses(repository, sha).DistinctBy(status => status.Context)];

    public IReadOnlyList<CheckRun> CheckRuns(string repository) => Select(content => content.CheckRuns.Where(run => run.Repository == repository));

    /// <summary>Deployments of a repository, newest first.</summary>
    public IReadOnlyList<Deployment> Deployments(string repository) =>
        Select(content => content.Deployments.Where(deployment => deployment.Repository == repository).Reverse());

    public Comment? Comment(string repository, long id) => Comments(repository).FirstOrDefault(comment => comment.Id == id);

    public Comment AddComment(string repository, int issue, string body, string author) => Change(content =>
    {
        var now = _time.GetUtcNow();
        var comment = new Comment(content.LastId + 1, repository, issue, body, now, now) { Author = author };
        return (content with { LastId = comment.Id, Comments = [.. content.Comments, comment] }, comment);
    });

    /// <returns>Null if the repository has no such comment.</returns>
    public Comment? UpdateComment(string repository, long id, string body) => UpdateComment(repository, id, found => found with { Body = body, UpdatedAt = _time.GetUtcNow() });

    /// <returns>Null if the repository has no such comment.</returns>
    public Comment? SetTime(string repository, long id, DateTimeOffset at) => UpdateComment(repository, id, found => found with { CreatedAt = at, UpdatedAt = at });

    /// <returns>False if the repository has no such comment.</returns>
    public bool DeleteComment(string repository, long id) => Change(content =>
    {
        Comment[] left = [.. content.Comments.Where(comment => comment.Id != id || comment.Repository != repository)];
        return (content with { Comments = left }, left.Length < content.Comments.Length);
    });

    public CommitStatus AddStatus(string repository, string sha, string state, string context, string creator, string? description, string? targetUrl) => Change(content =>
    {
        var status = new CommitStatus(content.LastId + 1, repository, sha, state, context, _time.GetUtcNow()) { Creator = creator, Description = description, TargetUrl = targetUrl };
        return (content with { LastId = status.Id, Statuses = [.. content.Statuses, status] }, status);
    });

    /// <param name="create">Makes it for its number.</param>
    public CheckRun AddCheckRun(Func<long, CheckRun> create) => Change(content =>
    {
        var run = create(content.LastId + 1);
        return (content with { LastId = run.Id, CheckRuns = [.. content.CheckRuns, run] }, run);
    });

    public CheckRun UpdateCheckRun(CheckRun changed) => Change(content =>
        (content with { CheckRuns = [.. content.CheckRuns.Select(run => run.Id == changed.Id ? changed : run)] }, changed));

    /// <param name="create">Makes it for its number.</param>
    public Deployment AddDeployment(Func<long, Deployment> create) => Change(content =>
    {
        var deployment = create(content.LastId + 1);
        return (content with { LastId = deployment.Id, Deployments = [.. content.Deployments, deployment] }, deployment);
    });

    /// <summary>Adds a status to a deployment, and the status inactive to each of the others.</summary>
    /// <param name="create">Makes it for its number and a deployment.</param>
    public DeploymentStatus AddDeploymentStatus(Deployment deployment, Func<long, DeploymentStatus> create, IReadOnlyList<Deployment> others) => Change(content =>
    {
        var status = create(content.LastId + 1);
        var added = others.Select((other, index) => (other.Id, Status: status with { Id = status.Id + index + 1, State = "inactive" })).Prepend((deployment.Id, status)).ToDictionary();
        return (content with
        {
            LastId = content.LastId + added.Count,
            Deployments = [.. content.Deployments.Select(known => added.TryGetValue(known.Id, out var news) ? known with { Statuses = [.. known.Statuses, news] } : known)],
        }, status);
    });

    public DeploymentEnvironment? Environment(string repository, string name) =>
        Select(content => content.Environments.Where(found => found.Repository == repository && string.Equals(found.Name, name, StringComparison.OrdinalIgnoreCase))).FirstOrDefault();

    public WorkflowRun? Run(string repository, long id) => Select(content => content.Runs.Where(run => run.Repository == repository && run.Id == id)).FirstOrDefault();

    /// <summary>Creates an environment, or replaces the one of that name.</summary>
    public DeploymentEnvironment SetEnvironment(DeploymentEnvironment environment) => Change(content => (
        content with { Environments = [.. content.Environments.Where(other => other.Repository != environment.Repository || other.Name != environment.Name), environment] }, environment));

    /// <summary>Creates a workflow run, or replaces the one of that number.</summary>
    public WorkflowRun SetRun(WorkflowRun run) => Change(content => (
        content with { Runs = [.. content.Runs.Where(other => other.Repository != run.Repository || other.Id != run.Id), run] }, run));

    private Comment? UpdateComment(string repository, long id, Func<Comment, Comment> change) => Change(content =>
    {
        var updated = content.Comments.FirstOrDefault(comment => comment.Id == id && comment.Repository == repository) is { } found ? change(found) : null;
        return (content with { Comments = [.. content.Comments.Select(comment => comment.Id == updated?.Id ? updated : comment)] }, updated);
    });

    private List<T> Select<T>(Func<Content, IEnumerable<T>> select)
    {
        lock (_gate)
        {
            return [.. select(_content)];
        }
    }

    private T Change<T>(Func<Content, (Content Content, T Result)> change)
    {
        lock (_gate)
        {
            var (content, result) = change(_content);
            AtomicFile.WriteRecord(_file, content);
            _content = content;
            return result;
        }
    }

    private sealed record Content(long LastId, Comment[] Comments, CommitStatus[] Statuses)
    {
        public static Content Empty { get; } = new(0, [], []);

        public CheckRun[] CheckRuns { get; init; } = [];

        public Deployment[] Deployments { get; init; } = [];

        public DeploymentEnvironment[] Environments { get; init; } = [];

        public WorkflowRun[] Runs { get; init; } = [];
    }
}
