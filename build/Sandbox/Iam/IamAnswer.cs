using System.Globalization;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Iam;

/// <summary>The forms that IAM's answers have in common.</summary>
internal static class IamAnswer
{
    private const int PageSize = 100;

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A policy document as answers have it: percent-encoded.</summary>
    public static string Document(string document) => Uri.EscapeDataString(document);

    /// <summary>One page of a list.</summary>
    /// <param name="member">The member that holds the list.</param>
    /// <exception cref="AwsError">The marker is none that IAM gave.</exception>
    public static JsonObject Page(AwsCall call, string member, IEnumerable<JsonNode> all)
    {
        var (page, next) = Paging.Page([.. all], call.Input.Text("Marker"), call.Input.Integer("MaxItems") ?? PageSize, IamErrors.InvalidMarker);
        var answer = new JsonObject { [member] = new JsonArray([.. page]), ["IsTruncated"] = next is not null };
        if (next is not null)
        {
            answer["Marker"] = next;
        }

        return answer;
    }

    public static JsonObject Tags(AwsCall call, IReadOnlyDictionary<string, string> tags) =>
        Page(call, "Tags", TagRules.Describe(tags).Select(tag => tag!.DeepClone()));
}
