using System.Globalization;
using System.Text;
using BuildPipeline.Approvals;

namespace BuildPipeline.Reporting.GitHub;

/// <summary>What a workflow's later steps and its page get from a run, through the files that GitHub Actions names.</summary>
/// <param name="variable">Reads an environment variable.</param>
public sealed class GitHubActions(Func<string, string?> variable)
{
    private const int LongestPage = 1 << 20;

    /// <summary>True in a step whose outputs others can read.</summary>
    public bool AreRead => variable("GITHUB_OUTPUT") is { Length: > 0 };

    /// <summary>Sets the step outputs <c>run_id</c>, <c>digest</c>, <c>digest_prefix</c> and <c>ceiling</c>; outside of Actions does nothing.</summary>
    public void SetOutputs(string runId, string digest, Usd ceiling)
    {
        if (variable("GITHUB_OUTPUT") is { Length: > 0 } file)
        {
            File.AppendAllText(
                file,
                Output("run_id", runId) + Output("digest", digest) + Output("digest_prefix", ReviewRules.Prefix(digest))
                + Output("ceiling", ceiling.Amount.ToString(CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>Sets the step outputs <c>content_digest</c> and <c>approved</c>; outside of Actions does nothing.</summary>
    public void SetApproved(string contentDigest, bool isApproved)
    {
        if (variable("GITHUB_OUTPUT") is { Length: > 0 } file)
        {
            File.AppendAllText(file, Output("content_digest", contentDigest) + Output("approved", isApproved ? "true" : "false"));
        }
    }

    /// <summary>Adds Markdown to the page of the workflow run, as long as GitHub takes it; outside of Actions does nothing.</summary>
    public void AddToPage(string markdown)
    {
        if (variable("GITHUB_STEP_SUMMARY") is not { Length: > 0 } file)
        {
            return;
        }

        // Over its limit GitHub drops all that the step wrote.
        var written = File.Exists(file) ? new FileInfo(file).Length : 0;
        if (written + Encoding.UTF8.GetByteCount(markdown) < LongestPage)
        {
            File.AppendAllText(file, markdown + "\n");
        }
    }

    // Only NAME=VALUE without a line break is one output for sure.
    private static string Output(string name, string value) => $"{name}={InertText.OneLine(value)}\n";
}
