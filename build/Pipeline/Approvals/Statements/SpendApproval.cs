using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Approvals.Statements;

/// <summary>What an approval says, as the predicate of an in-toto statement.</summary>
/// <remarks>All members are texts, so every implementation writes and reads the same.</remarks>
public sealed record SpendApproval
{
    /// <summary>Type of an in-toto statement.</summary>
    public const string StatementType = "https://in-toto.io/Statement/v1";

    /// <summary>Type and version of this predicate.</summary>
    public const string PredicateType = "urn:build-pipeline:spend-approval/v1";

    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The Terraform environment.</summary>
    public required string Environment { get; init; }

    /// <summary>Digest of what was approved: SHA-256, hex.</summary>
    public required string Digest { get; init; }

    /// <summary>The most that the run may cost, with two decimals.</summary>
    public required string Amount { get; init; }

    /// <summary>Currency of the amount, ISO 4217.</summary>
    public required string Currency { get; init; }

    /// <summary>Who approved.</summary>
    public required string Approver { get; init; }

    /// <summary>Who asked for the approval.</summary>
    public required string Requester { get; init; }

    /// <summary>How it was given: a value of <c>source</c> in <c>approval.json</c>.</summary>
    public required string Way { get; init; }

    /// <summary>When it was given, RFC 3339, UTC.</summary>
    public required string ApprovedAt { get; init; }

    /// <summary>When it ends unless a job was submitted, RFC 3339, UTC.</summary>
    public required string ExpiresAt { get; init; }

    /// <summary>The statement about the run that says this, as it is signed.</summary>
    public byte[] ToStatement() => CanonicalJson.Write(new JsonObject
    {
        ["_type"] = StatementType,
        ["subject"] = new JsonArray(new JsonObject { ["name"] = RunId, ["digest"] = new JsonObject { ["sha256"] = Digest } }),
        ["predicateType"] = PredicateType,
        ["predicate"] = Members(),
    });

    /// <summary>Names of what another statement says differently; empty where only the writing differs.</summary>
    public IReadOnlyList<string> Differences(byte[] statement)
    {
        var own = JsonNode.Parse(ToStatement())!.AsObject();
        return JsonNode.Parse(statement) is JsonObject other
            ? [.. Differing(own, other).SelectMany(name => name == "predicate" && other[name] is JsonObject said ? Differing(Members(), said) : [name])]
            : ["statement"];
    }

    private static IEnumerable<string> Differing(JsonObject left, JsonObject right) =>
        left.Select(member => member.Key).Union(right.Select(member => member.Key)).Where(name => !JsonNode.DeepEquals(left[name], right[name]));

    private JsonObject Members() => JsonSerializer.SerializeToNode(this, RunJson.Compact)!.AsObject();
}
