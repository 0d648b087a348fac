using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Checkpoints;
using FsCheck.Xunit;

namespace BuildPipeline.Pipeline.Tests.Training;

public sealed class CheckpointManifestTests
{
    private static readonly byte[] Good = Manifests.Json(Manifests.Of(200));

    [Fact]
    public void GivenAManifestOfTheProgram_WhenRead_ThenAllOfItIsThere()
    {
        Assert.True(CheckpointManifest.TryParse(Good, out var manifest, out var problem));
        Assert.Null(problem);
        Assert.Equal((200, 600, 2, 64L), (manifest.Step, manifest.TotalSteps, manifest.WorldSize, manifest.Bytes));
        Assert.Equal([Manifests.FromNothing()], manifest.Lineage);
    }

    [Fact]
    public void GivenTheOptionalMembers_WhenRead_ThenTheyAreKeptAndTheTimeInAllStartsIsTheirSum()
    {
        var first = Manifests.FromNothing();
        var second = new LineageEntry(2, 100, new string('a', 64), first.StartedAt.AddSeconds(100), FromRanSeconds: 80);
        var written = Manifests.Of(200, first, second) with { CheckpointIntervalSeconds = 12.5, WrittenAt = second.StartedAt.AddSeconds(40) };

        Assert.True(CheckpointManifest.TryParse(Manifests.Json(written), out var manifest, out _));

        Assert.Equal((12.5, 120.0), (manifest.CheckpointIntervalSeconds, manifest.RanSeconds()));
        Assert.Equal([null, 80], manifest.Lineage.Select(entry => entry.FromRanSeconds));
    }

    [Property(MaxTest = 300)]
    public bool GivenAnyBytes_WhenRead_ThenItNeverThrows(byte[] garbage) => IsAnswered(garbage);

    [Property(MaxTest = 300)]
    public bool GivenAnyText_WhenRead_ThenItNeverThrows(string text) => IsAnswered(Encoding.UTF8.GetBytes(text ?? ""));

    [Property(MaxTest = 500)]
    public bool GivenAManifestWithOneByteChanged_WhenRead_ThenItNeverThrows(int position, byte value)
    {
        var bytes = (byte[])Good.Clone();
        bytes[(int)((uint)position % (uint)bytes.Length)] = value;
        return IsAnswered(bytes);
    }

    [Fact]
    public void GivenACutManifest_WhenRead_ThenItIsRefusedAtEveryLength()
    {
        for (var length = 0; length < Good.Length; length++)
        {
            Assert.False(CheckpointManifest.TryParse(Good.AsSpan(0, length), out _, out var problem));
            Assert.NotEmpty(problem);
        }
    }

    [Fact]
    public void GivenAnyMemberReplacedByAnyJson_WhenRead_ThenItNeverThrows()
    {
        string[] values = ["null", "true", "-1", "1e400", "3000000000", "\"x\"", "[]", "[null]", "{}", "[{}]", "[{\"path\":null}]", "{\"a\":null}"];
        foreach (var member in JsonNode.Parse(Good)!.AsObject().Select(member => member.Key))
        {
            foreach (var value in values)
            {
                var document = JsonNode.Parse(Good)!.AsObject();
                document[member] = JsonNode.Parse(value);
                Assert.True(IsAnswered(JsonSerializer.SerializeToUtf8Bytes(document)), $"{member} = {value}");
            }
        }
    }

    [Theory]
    [InlineData("format", "\"checkpoint-manifest/2\"", "format")]
    [InlineData("step", "-1", "step")]
    [InlineData("world_size", "0", "world size")]
    [InlineData("metrics", "{\"train:loss\":1e999}", "$.metrics")]
    [InlineData("stall_seconds", "1e999", "$.stall_seconds")]
    [InlineData("files", "[]", "no files")]
    [InlineData("files", "[null]", "valid path")]
    [InlineData("files", "[{\"path\":\"../x\",\"rank\":0,\"size\":1,\"sha256\":\"SHA\"}]", "valid path")]
    [InlineData("files", "[{\"path\":\"/x\",\"rank\":0,\"size\":1,\"sha256\":\"SHA\"}]", "valid path")]
    [InlineData("files", "[{\"path\":\"x\",\"rank\":0,\"size\":-1,\"sha256\":\"SHA\"}]", "valid path")]
    [InlineData("files", "[{\"path\":\"x\",\"rank\":0,\"size\":1,\"sha256\":\"12\"}]", "valid path")]
    [InlineData("files", "[{\"path\":\"x\",\"rank\":0,\"size\":1,\"sha256\":\"SHA\"},{\"path\":\"x\",\"rank\":1,\"size\":1,\"sha256\":\"SHA\"}]", "twice")]
    [InlineData("lineage", "[]", "lineage")]
    [InlineData("lineage", "[null]", "lineage")]
    [InlineData("lineage", "[{\"attempt\":1,\"from_step\":5,\"started_at\":\"2026-01-01T00:00:00Z\"}]", "resumed from")]
    [InlineData("lineage", "[{\"attempt\":2,\"from_step\":0,\"started_at\":\"2026-01-01T00:00:00Z\"}]", "attempt 1")]
    public void GivenAManifestThatCannotHold_WhenRead_ThenItIsRefused(string member, string value, string expected)
    {
        var document = JsonNode.Parse(Good)!.AsObject();
        document[member] = JsonNode.Parse(value.Replace("SHA", new string('a', 64), StringComparison.Ordinal));
        Assert.False(CheckpointManifest.TryParse(JsonSerializer.SerializeToUtf8Bytes(document), out _, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    private static bool IsAnswered(byte[] bytes) =>
        CheckpointManifest.TryParse(bytes, out var manifest, out var problem) ? manifest is not null && problem is null : problem is { Length: > 0 };
}
