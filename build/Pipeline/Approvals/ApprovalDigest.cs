using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Approvals.Statements;

namespace BuildPipeline.Approvals;

/// <summary>One digest over all that an approval binds.</summary>
public static class ApprovalDigest
{
    private static readonly string[] OfOneRun = ["run_id", "plan_sha256", "prices_sha256", "expires_at"];

    /// <summary>SHA-256 over the subject as JSON with sorted members, hex.</summary>
    /// <param name="subject">All that the approval binds.</param>
    public static string Compute<T>(T subject)
        where T : class =>
        HexDigest.Calculate(CanonicalJson.Write(Node(subject)));

    /// <summary>SHA-256 over what a plan of the same content has in common with this one, on whatever machine it was made: all but the run, the bytes of the saved plan, the prices behind the ceiling, and the end. Null in records of earlier versions.</summary>
    /// <param name="subject">All that the approval binds.</param>
    public static string? ComputeContent(ApprovalSubject subject)
    {
        var content = Node(subject);
        foreach (var own in OfOneRun)
        {
            content.Remove(own);
        }

        return subject.PlanContentSha256 is null ? null : HexDigest.Calculate(CanonicalJson.Write(content));
    }

    /// <summary>Names of the members that differ, for the sentence that a person gets.</summary>
    public static IReadOnlyList<string> Differences(ApprovalSubject approved, ApprovalSubject now)
    {
        var (left, right) = (Node(approved), Node(now));
        return [.. left.Select(member => member.Key).Union(right.Select(member => member.Key)).Where(key => !JsonNode.DeepEquals(CanonicalJson.Sorted(left[key]), CanonicalJson.Sorted(right[key])))];
    }

    private static JsonObject Node<T>(T subject) => JsonSerializer.SerializeToNode(subject, RunJson.Compact)!.AsObject();
}
