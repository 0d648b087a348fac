using System.Globalization;

namespace BuildPipeline.Approvals.Comments;

// Octokit has no types for some of these answers, and those that it has lack what tells an app from a person. Its serializer needs setters.
internal sealed class UserDocument
{
    public string Login { get; set; } = "";

    public string? Type { get; set; }
}

internal sealed class AppDocument
{
    public string? Slug { get; set; }
}

internal sealed class CommentDocument
{
    public long Id { get; set; }

    public string? Body { get; set; }

    public UserDocument? User { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public string HtmlUrl { get; set; } = "";

    public string IssueUrl { get; set; } = "";

    public AppDocument? PerformedViaGithubApp { get; set; }

    public PullRequestComment ToComment() => new()
    {
        Id = Id,
        Issue = int.Parse(IssueUrl.Split('/')[^1], CultureInfo.InvariantCulture),
        Author = User?.Login ?? "",
        IsPerson = User?.Type == "User" && PerformedViaGithubApp is null,
        Body = Body ?? "",
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
        Url = HtmlUrl,
    };
}

internal sealed class PullDocument
{
    public UserDocument User { get; set; } = new();
}

internal sealed class PermissionDocument
{
    public string? Permission { get; set; }
}

internal sealed class MembershipDocument
{
    public string? State { get; set; }
}

internal sealed class RunDocument
{
    public string? Status { get; set; }

    public UserDocument? Actor { get; set; }

    public UserDocument? TriggeringActor { get; set; }
}

internal sealed class FileDocument
{
    public string? Type { get; set; }

    public string? Encoding { get; set; }

    public string? Content { get; set; }

    // A link, a folder or a file that is too large has no such content.
    public string? Text() => this is { Type: "file", Encoding: "base64", Content: { } content } ? System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(content)) : null;
}
