using System.Text.Json;
using BuildPipeline.Terraform;

namespace BuildPipeline.Costing;

/// <summary>How long the planned lifecycle rules of the artifact bucket keep what a run stores.</summary>
/// <param name="NoncurrentDays">Days until a removed or replaced object is gone for good; null is never.</param>
/// <param name="RunDays">Days until an object of a run expires; null is never.</param>
internal sealed record ArtifactRetention(int? NoncurrentDays, int? RunDays)
{
    /// <summary>Days that storage without an end is counted for; what it costs after that is shown as an amount a month.</summary>
    public const int HorizonDays = 30;

    private const string Lifecycle = "aws_s3_bucket_lifecycle_configuration";

    /// <summary>Days that a checkpoint is stored after rotation has removed it.</summary>
    public int RemovedDays => NoncurrentDays ?? HorizonDays;

    /// <summary>Days that the model and the newest checkpoints are stored: until they expire, and as old versions after that.</summary>
    public int KeptDays => RunDays is { } days ? days + RemovedDays : HorizonDays;

    /// <summary>Reads the rules that hold for the runs; without a rule nothing expires.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="runPrefix">Key prefix of the runs in the bucket, for example <c>runs</c>.</param>
    public static ArtifactRetention From(PlanRecord plan, string runPrefix)
    {
        var rules = plan.Resources
            .Where(resource => resource.Type == Lifecycle && resource.Action != "delete")
            .SelectMany(resource => Items(resource.Values, "rule"))
            .Where(rule => Text(rule, "status") == "Enabled" && $"{runPrefix}/".StartsWith(PrefixOf(rule), StringComparison.Ordinal))
            .ToList();
        return new ArtifactRetention(
            Shortest(rules, "noncurrent_version_expiration", "noncurrent_days"),
            Shortest(rules, "expiration", "days"));
    }

    private static int? Shortest(IEnumerable<JsonElement> rules, string block, string days) => rules
        .SelectMany(rule => Items(rule, block))
        .Select(found => found.TryGetProperty(days, out var value) && value.ValueKind == JsonValueKind.Number && value.GetInt32() > 0 ? value.GetInt32() : (int?)null)
        .Min();

    // Empty is every object.
    private static string PrefixOf(JsonElement rule) => Items(rule, "filter").Select(filter => Text(filter, "prefix")).FirstOrDefault() ?? Text(rule, "prefix") ?? "";

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];
}
