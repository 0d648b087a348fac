using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Approvals.Statements;

namespace BuildPipeline.Approvals;

/// <summary>One digest over all that an approval binds.</summary>
public static class ApprovalDigest
{
    /// <summary>SHA-256 over the subject as JSON with sorted members, hex.</summary>
    /// <param name="subject">All that the approval binds.</param>
    public static string Compute<T>(T subject)
        where T : class =>
        Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Write(Node(subject))));

    /// <summary>Names of the members that differ, for the sentence that a person gets.</summary>
    public static IReadOnlyList<string> Differences(ApprovalSubject approved, ApprovalSubject now)
    {
        var (left, right) = (Node(approved), Node(now));
        return [.. left.Select(member => member.Key).Union(right.Select(member => member.Key)).Where(key => !JsonNode.DeepEquals(CanonicalJson.Sorted(left[key]), CanonicalJson.Sorted(right[key])))];
    }

    private static JsonObject Node<T>(T subject) => JsonSerializer.SerializeToNode(subject, RunJson.Compact)!.AsObject();
}
