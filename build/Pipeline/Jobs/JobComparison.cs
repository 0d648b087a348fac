using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Jobs;

/// <summary>Compares a job as it was planned with the same job later.</summary>
public static class JobComparison
{
    /// <summary>The first member that differs; null if none does. What was known has to be the same afterwards; what was unknown (null) may be filled in, in elements of a list too.</summary>
    public static string? FirstDifference(TrainingJobSpec planned, TrainingJobSpec later) => FirstDifference(
        JsonSerializer.SerializeToNode(planned, RunJson.Compact)!.AsObject(), JsonSerializer.SerializeToNode(later, RunJson.Compact)!.AsObject());

    private static string? FirstDifference(JsonObject planned, JsonObject later) =>
        planned.FirstOrDefault(member => !Holds(member.Value, later[member.Key])).Key;

    private static bool Holds(JsonNode? planned, JsonNode? later) => (planned, later) switch
    {
        (JsonArray before, JsonArray after) => before.Count == after.Count && before.Zip(after).All(pair => pair is (JsonObject known, JsonObject now)
            ? FirstDifference(known, now) is null
            : JsonNode.DeepEquals(pair.First, pair.Second)),
        _ => JsonNode.DeepEquals(planned, later),
    };
}
