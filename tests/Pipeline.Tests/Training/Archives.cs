using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using BuildPipeline.Checkpoints;
using BuildPipeline.Evidence;

namespace BuildPipeline.Pipeline.Tests.Training;

/// <summary>Model archives as a job leaves them.</summary>
internal static class Archives
{
    public static byte[] Of(params (string Name, string Content)[] files)
    {
        using var archive = new MemoryStream();
        using (var gzip = new GZipStream(archive, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            foreach (var (name, content) in files)
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) });
            }
        }

        return archive.ToArray();
    }

    public static byte[] Model(double validationLoss, params LineageEntry[] lineage) =>
        Of(("model.bin", string.Concat(Enumerable.Range(0, 500))), ("metrics.json", Metrics(validationLoss, lineage)));

    public static string Metrics(double validationLoss, params LineageEntry[] lineage) => JsonSerializer.Serialize(
        new FinalMetrics
        {
            Format = FinalMetrics.CurrentFormat,
            Step = 600,
            Metrics = new Dictionary<string, double> { ["train:loss"] = 2.5, ["validation:loss"] = validationLoss },
            Lineage = lineage.Length == 0 ? [Manifests.FromNothing()] : lineage,
        },
        RunJson.Compact);
}
