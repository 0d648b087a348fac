using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>One thing that a policy requires of a field.</summary>
/// <param name="IsPrefix">Whether the value is what the field begins with, or all of it.</param>
internal sealed record PostCondition(string Field, string Value, bool IsPrefix)
{
    /// <summary>Field names have no case. A list of content types fits where each of them does.</summary>
    public bool Holds(string actual) => !IsPrefix
        ? actual == Value
        : Field.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)
            ? actual.Split(',').All(type => type.StartsWith(Value, StringComparison.Ordinal))
            : actual.StartsWith(Value, StringComparison.Ordinal);

    public override string ToString() => $"[\"{(IsPrefix ? "starts-with" : "eq")}\", \"${Field}\", \"{Value}\"]";
}

/// <summary>What whoever signs an upload form lets its user upload.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html.</remarks>
internal sealed record PostPolicy(DateTimeOffset Expiration, IReadOnlyList<PostCondition> Conditions, long LeastBytes, long MostBytes)
{
    private const string RangeName = "content-length-range";
    private const string Ignored = "x-ignore-";

    private static readonly string[] Uncovered = ["policy", "x-amz-signature"];

    /// <param name="text">The document in Base64.</param>
    /// <exception cref="AwsError">InvalidPolicyDocument.</exception>
    public static PostPolicy Parse(string text)
    {
        JsonObject document;
        try
        {
            document = JsonNode.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(text))) as JsonObject ?? throw Invalid("Invalid JSON.");
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            throw Invalid("Invalid JSON.");
        }

        var expiration = (document["expiration"] ?? throw Invalid("Policy missing expiration.")).ToString();
        if (!DateTimeOffset.TryParseExact(
            expiration, ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFF'Z'"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end))
        {
            throw Invalid($"Invalid 'expiration' value: '{expiration}'");
        }

        var policy = new PostPolicy(end, [], 0, long.MaxValue);
        return (document["conditions"] as JsonArray ?? throw Invalid("Policy missing conditions.")).Aggregate(policy, (read, condition) => read.With(condition));
    }

    /// <param name="fields">The form's fields but the file, by names without case.</param>
    /// <param name="bucket">The bucket that the form was sent to.</param>
    /// <exception cref="AwsError">AccessDenied with the condition that does not hold.</exception>
    public void Check(IReadOnlyDictionary<string, string> fields, string bucket, DateTimeOffset now)
    {
        if (now > Expiration)
        {
            throw Denied("Policy expired.");
        }

        if (Conditions.FirstOrDefault(condition => !condition.Holds(ValueOf(condition.Field))) is { } broken)
        {
            throw Denied($"Policy Condition failed: {broken}");
        }

        var covered = Conditions.Select(condition => condition.Field).Concat(Uncovered).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var extra = fields.Keys.Where(name => !covered.Contains(name) && !name.StartsWith(Ignored, StringComparison.OrdinalIgnoreCase)).ToList();
        if (extra.Count > 0)
        {
            throw Denied($"Extra input fields: {string.Join(", ", extra)}");
        }

        string ValueOf(string field) => field.Equals("bucket", StringComparison.OrdinalIgnoreCase) ? bucket : fields.GetValueOrDefault(field) ?? "";
    }

    /// <exception cref="AwsError">EntityTooSmall or EntityTooLarge.</exception>
    public void CheckSize(long bytes)
    {
        if (bytes < LeastBytes)
        {
            throw new AwsError(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size");
        }

        if (bytes > MostBytes)
        {
            throw new AwsError(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
        }
    }

    private PostPolicy With(JsonNode? condition) => condition switch
    {
        JsonObject { Count: 1 } simple => With(new PostCondition(simple.First().Key, Text(simple.First().Value), IsPrefix: false)),
        JsonObject => throw Invalid("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified."),
        JsonArray and [var name, var least, var most] when IsNamed(name, RangeName) => this with { LeastBytes = Size(least), MostBytes = Size(most) },
        JsonArray and [var name, var field, var value] when IsNamed(name, "eq") => With(new PostCondition(FieldOf(field), Text(value), IsPrefix: false)),
        JsonArray and [var name, var field, var value] when IsNamed(name, "starts-with") => With(new PostCondition(FieldOf(field), Text(value), IsPrefix: true)),
        _ => throw Invalid($"Invalid Condition: {condition?.ToJsonString()}"),
    };

    private PostPolicy With(PostCondition condition) => this with { Conditions = [.. Conditions, condition] };

    private static bool IsNamed(JsonNode? node, string name) => name.Equals(node?.ToString(), StringComparison.OrdinalIgnoreCase);

    private static string Text(JsonNode? node) => node is JsonValue ? node.ToString() : throw Invalid("Invalid Condition: a value must be a text");

    private static string FieldOf(JsonNode? node) => node?.ToString() is ['$', .. var field] ? field : throw Invalid("Invalid Condition: a field's name begins with $");

    private static long Size(JsonNode? node) =>
        long.TryParse(node?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : throw Invalid($"Invalid {RangeName}");

    private static AwsError Invalid(string what) => new(400, "InvalidPolicyDocument", $"Invalid Policy: {what}");

    private static AwsError Denied(string why) => new(403, "AccessDenied", $"Invalid according to Policy: {why}");
}
