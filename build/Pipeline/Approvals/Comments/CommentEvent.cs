using System.Text.Json;

namespace BuildPipeline.Approvals.Comments;

/// <summary>The event of a workflow that a comment started.</summary>
/// <param name="variable">Reads an environment variable.</param>
/// <remarks>Nothing of it but the comment's number is used, and all else is asked of GitHub.</remarks>
public sealed class CommentEvent(Func<string, string?> variable)
{
    /// <summary>Number of the comment.</summary>
    /// <exception cref="PipelineException">This process is in no such workflow (exit code 2).</exception>
    public long CommentId()
    {
        var file = variable("GITHUB_EVENT_PATH");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file ?? ""));
            return document.RootElement.GetProperty("comment").GetProperty("id").GetInt64();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new PipelineException(CommentErrors.NoEvent, $"GITHUB_EVENT_PATH ({file ?? "not set"}) is not the event of a comment. Call this target in a workflow on issue_comment, as .github/workflows/commands.yml does.", exception);
        }
    }
}
