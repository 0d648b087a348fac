using System.Text.Json;

namespace BuildPipeline.Sandbox.Kernel;

/// <summary>What the sandbox knows of one of SageMaker's instance types.</summary>
/// <param name="Type">For example <c>ml.g5.xlarge</c>.</param>
/// <param name="UsdPerHour">On-demand training rate; null is unknown.</param>
/// <param name="QuotaCode">Code of the quota for training jobs; null is unknown.</param>
/// <param name="SpotQuotaCode">Code of the quota for spot training jobs; null is unknown.</param>
internal sealed record InstanceFact(string Type, decimal? UsdPerHour, string? QuotaCode = null, string? SpotQuotaCode = null);

/// <summary><c>infra/instance-types.json</c>, as far as the sandbox needs it.</summary>
internal static class InstanceFacts
{
    /// <summary>All instance types of the file.</summary>
    public static IReadOnlyList<InstanceFact> Types { get; } = Read();

    private static List<InstanceFact> Read()
    {
        using var stream = typeof(InstanceFacts).Assembly.GetManifestResourceStream("instance-types.json")!;
        using var document = JsonDocument.Parse(stream);
        return [.. document.RootElement.GetProperty("instance_types").EnumerateArray().Select(Parse)];
    }

    private static InstanceFact Parse(JsonElement type) =>
        new(type.GetProperty("type").GetString()!, type.GetProperty("usd_per_hour").Deserialize<decimal?>(), Text(type, "quota_code"), Text(type, "spot_quota_code"));

    private static string? Text(JsonElement type, string name) => type.TryGetProperty(name, out var found) ? found.GetString() : null;
}
