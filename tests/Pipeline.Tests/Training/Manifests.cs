using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Checkpoints;

namespace BuildPipeline.Pipeline.Tests.Training;

/// <summary>Manifests as a training program writes them.</summary>
internal static class Manifests
{
    public static LineageEntry FromNothing(double seconds = 20) => new(1, 0, null, TestRuns.Start.AddSeconds(seconds));

    public static CheckpointManifest Of(int step, params LineageEntry[] lineage) => new()
    {
        Format = CheckpointManifest.CurrentFormat,
        Job = TestRuns.JobName,
        Model = "bigram-64",
        Step = step,
        TotalSteps = 600,
        WorldSize = 2,
        WrittenAt = TestRuns.Start.AddSeconds(step),
        Files = [.. Enumerable.Range(0, 2).Select(rank => FileOf(step, rank))],
        Lineage = lineage.Length == 0 ? [FromNothing()] : lineage,
    };

    public static byte[] Content(int step, int rank) => [.. Enumerable.Range(0, 32).Select(index => (byte)(step + (rank * 7) + index))];

    public static byte[] Json(CheckpointManifest manifest)
    {
        // The program writes more than the pipeline reads.
        var document = JsonSerializer.SerializeToNode(manifest, RunJson.Compact)!.AsObject();
        document["rng"] = new JsonObject { ["state"] = "abc" };
        document["data_position"] = new JsonObject { ["epoch"] = 0, ["offset"] = 12 };
        document.Remove("bytes");
        return JsonSerializer.SerializeToUtf8Bytes(document);
    }

    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static string Sha256(CheckpointManifest manifest) => Sha256(Json(manifest));

    private static CheckpointFile FileOf(int step, int rank)
    {
        var content = Content(step, rank);
        return new($"rank-{rank}.bin", rank, content.Length, Sha256(content));
    }
}
