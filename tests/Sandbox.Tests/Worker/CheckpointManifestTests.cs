using System.Text.Json;
using BuildPipeline.Worker.Checkpoints;

namespace BuildPipeline.Sandbox.Tests.Worker;

public sealed class CheckpointManifestTests
{
    private static readonly DateTime Noon = new(2026, 1, 2, 12, 0, 0, DateTimeKind.Utc);

    private static readonly CheckpointManifest Sample = new(
        CheckpointManifest.CurrentFormat, "job-1", "byte-mlp/1 seed=1", 200, 600, 2, Noon, 0.25,
        [new CheckpointFile("rank-0.bin", 0, 3, "aa"), new CheckpointFile("rank-1.bin", 1, 4, "bb")],
        new DataPosition(1, 23), new RandomState("counter", 1), new Dictionary<string, double> { ["train:loss"] = 2.5 },
        [new LineageEntry(1, 0, null, Noon), new LineageEntry(2, 120, "cc", Noon)]);

    [Fact]
    public void GivenAManifest_WhenWritten_ThenItsFormIsTheContracts()
    {
        const string Expected = """
            {"format":"checkpoint-manifest/1","job":"job-1","model":"byte-mlp/1 seed=1","step":200,"total_steps":600,"world_size":2,
             "written_at":"2026-01-02T12:00:00Z","stall_seconds":0.25,
             "files":[{"path":"rank-0.bin","rank":0,"size":3,"sha256":"aa"},{"path":"rank-1.bin","rank":1,"size":4,"sha256":"bb"}],
             "data_position":{"epoch":1,"offset":23},"rng":{"kind":"counter","seed":1},"metrics":{"train:loss":2.5},
             "lineage":[{"attempt":1,"from_step":0,"from_manifest_sha256":null,"started_at":"2026-01-02T12:00:00Z"},
                        {"attempt":2,"from_step":120,"from_manifest_sha256":"cc","started_at":"2026-01-02T12:00:00Z"}]}
            """;

        using var expected = JsonDocument.Parse(Expected);
        using var actual = JsonDocument.Parse(Sample.ToJson());

        Assert.True(JsonElement.DeepEquals(expected.RootElement, actual.RootElement), actual.RootElement.ToString());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"format\":\"checkpoint-manifest/1\"}")]
    [InlineData("[")]
    public void GivenSomethingElse_WhenRead_ThenItIsNoManifest(string json) =>
        Assert.Throws<JsonException>(() => CheckpointManifest.FromJson(System.Text.Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void GivenAnotherVersion_WhenRead_ThenItIsNamed()
    {
        var failure = Assert.Throws<JsonException>(() => CheckpointManifest.FromJson((Sample with { Format = "checkpoint-manifest/9" }).ToJson()));

        Assert.Contains("'checkpoint-manifest/9'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenASaveThatIsCutShortAnywhere_WhenRead_ThenItIsCompleteOnlyAfterItsManifest()
    {
        var root = Directory.CreateTempSubdirectory("checkpoint-store-").FullName;
        var store = new CheckpointStore(Path.Combine(root, "checkpoints"), Path.Combine(root, "staging"));
        async Task<int> CompleteAsync() => (await store.ReadCompleteAsync(_ => { }, CancellationToken.None)).Count;

        var first = await store.WriteShardAsync(200, 0, [1, 2, 3], CancellationToken.None);
        Assert.Equal(0, await CompleteAsync());
        var second = await store.WriteShardAsync(200, 1, [4], CancellationToken.None);
        Assert.Equal(0, await CompleteAsync());
        await store.PublishAsync(Sample with { Files = [first, second] }, CancellationToken.None);
        Assert.Equal(1, await CompleteAsync());
        await store.WriteShardAsync(200, 0, [9, 9, 9], CancellationToken.None);
        Assert.Equal(0, await CompleteAsync());
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task GivenAManifestThatPointsOutOfItsFolder_WhenRead_ThenItIsIgnored()
    {
        var root = Directory.CreateTempSubdirectory("checkpoint-store-").FullName;
        var store = new CheckpointStore(root, Path.Combine(root, "staging"));
        var ignored = new List<string>();
        await store.PublishAsync(Sample with { Files = [new CheckpointFile("../../secret", 0, 1, "aa")] }, CancellationToken.None);

        Assert.Empty(await store.ReadCompleteAsync(ignored.Add, CancellationToken.None));
        Assert.Equal("ignoring step-00000200: its manifest names '../../secret', which is not a plain file name", Assert.Single(ignored));
        Directory.Delete(root, recursive: true);
    }
}
