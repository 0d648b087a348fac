using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BuildPipeline.Sandbox.GitHub;

/// <summary>What GitHub takes of a check run.</summary>
internal static partial class CheckRunRules
{
    private const int LongestText = 65_535;
    private const int MostAnnotations = 50;

    private static readonly string[] Members = ["name", "head_sha", "external_id", "details_url", "status", "conclusion", "started_at", "completed_at", "output"];
    private static readonly string[] Statuses = ["queued", "in_progress", "completed"];
    private static readonly string[] Conclusions = ["action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"];
    private static readonly string[] AnnotationMembers = ["path", "start_line", "end_line", "annotation_level", "message"];

    /// <summary>Why a request is not taken; null if it is.</summary>
    /// <param name="isNew">True for a new check run, false for a change.</param>
    public static IResult? Refusal(JsonObject request, bool isNew)
    {
        string? Text(string member) => (string?)request[member];
        if (request.Select(member => member.Key).FirstOrDefault(member => !Members.Contains(member)) is { } unknown)
        {
            return GitHubAnswer.Refuse(501, $"The sandbox does not emulate the member '{unknown}' of a check run.");
        }

        var fault = isNew && string.IsNullOrEmpty(Text("name")) ? "name"
            : isNew && !Sha().IsMatch(Text("head_sha") ?? "") ? "head_sha"
            : Text("status") is { } status && !Statuses.Contains(status) ? "status"
            : Text("conclusion") is { } conclusion ? (Conclusions.Contains(conclusion) ? null : "conclusion")
            : Text("status") == "completed" ? "conclusion"
            : null;
        return fault is not null ? GitHubAnswer.Invalid("CheckRun", fault, $"{fault} is missing or not valid") : RefusalOf(request["output"] as JsonObject);
    }

    /// <summary>A check run's members after a request; its annotations are added to those before.</summary>
    public static JsonObject Merge(JsonObject known, JsonObject request, DateTimeOffset now, out JsonObject[] annotations)
    {
        var merged = known.DeepClone().AsObject();
        foreach (var (name, value) in request)
        {
            merged[name] = value?.DeepClone();
        }

        // Whoever does not say when gets the time of the request.
        merged["started_at"] ??= Timestamp.Text(now);
        if (merged["conclusion"] is not null)
        {
            merged["status"] = "completed";
            merged["completed_at"] ??= Timestamp.Text(now);
        }

        annotations = [.. (merged["output"]?["annotations"] as JsonArray ?? []).Select(annotation => annotation!.DeepClone().AsObject())];
        (merged["output"] as JsonObject)?.Remove("annotations");
        return merged;
    }

    private static IResult? RefusalOf(JsonObject? output)
    {
        if (output is null)
        {
            return null;
        }

        var annotations = output["annotations"] as JsonArray ?? [];
        foreach (var member in new[] { "summary", "text" })
        {
            if (((string?)output[member])?.Length is > LongestText and var length)
            {
                return GitHubAnswer.Invalid("CheckRun", member, $"Only {LongestText} characters are allowed; {length} were supplied.");
            }
        }

        return string.IsNullOrEmpty((string?)output["title"]) || string.IsNullOrEmpty((string?)output["summary"])
                ? GitHubAnswer.Invalid("CheckRun", "output", "title and summary are needed")
            : annotations.Count > MostAnnotations
                ? GitHubAnswer.Invalid("CheckRun", "annotations", $"No more than {MostAnnotations} items are allowed; {annotations.Count} were supplied.")
            : annotations.Any(annotation => AnnotationMembers.Any(member => annotation?[member] is null))
                ? GitHubAnswer.Invalid("CheckRun", "annotations", $"An annotation needs {string.Join(", ", AnnotationMembers)}")
            : output["images"] is JsonArray { Count: > 0 }
                ? GitHubAnswer.Refuse(501, "The sandbox does not emulate the member 'images' of a check run's output.")
            : null;
    }

    [GeneratedRegex("^[0-9a-f]{40}$")]
    private static partial Regex Sha();
}
