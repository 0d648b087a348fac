using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Nodes;
using BuildPipeline.Sandbox.SageMaker.Requests;
using BuildPipeline.Sandbox.Tests.Models;

namespace BuildPipeline.Sandbox.Tests.SageMaker;

public sealed class NodeFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-nodes-").FullName;
    private readonly MemoryObjectStore _objects = new();
    private readonly List<string> _uploaded = [];

    public NodeFilesTests() => _objects.CreateBucket("b", "us-east-1");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Given_new_files_When_synchronised_Then_they_go_up_in_the_order_of_writing_with_the_buckets_encryption()
    {
        _objects.SetBucketSetting("b", "encryption", """
            <ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ApplyServerSideEncryptionByDefault>
            <SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>key-1</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>
            """);
        var sync = Sync("n1", "n2");
        Write("n1/a-manifest.json", minute: 3);
        Write("n2/z-rank-1.bin", minute: 2);
        Write("n1/b-rank-0.bin", minute: 1);
        Write("n1/c.bin.sagemaker-uploading", minute: 0);

        await sync.SyncAsync(default);
        await sync.SyncAsync(default);

        Assert.Equal(["b-rank-0.bin", "z-rank-1.bin", "a-manifest.json"], _uploaded);
        Assert.Equal(("aws:kms", "key-1"), (_objects.Find("b", "p/a-manifest.json")!.Headers.ServerSideEncryption, _objects.Find("b", "p/a-manifest.json")!.Headers.KmsKeyId));
    }

    [Fact]
    public async Task Given_files_of_the_same_moment_When_synchronised_Then_the_manifest_goes_up_last()
    {
        var sync = Sync("n1", "n2");
        Write("n1/step-1/manifest.json", minute: 1);
        Write("n2/step-1/rank-1.bin", minute: 1);

        await sync.SyncAsync(default);

        Assert.Equal(["step-1/rank-1.bin", "step-1/manifest.json"], _uploaded);
    }

    [Fact]
    public async Task Given_restored_checkpoints_When_one_node_deletes_and_changes_files_Then_S3_follows_and_the_rest_stays_untouched()
    {
        _objects.Put("b", "p/old/x.bin", "x");
        _objects.Put("b", "p/new/y.bin", "y");
        var sync = Sync("n1", "n2");
        await sync.RestoreAsync(default);
        Directory.Delete(Path.Combine(_folder, "n1", "old"), recursive: true);
        Write("n2/new/y.bin", minute: 1);
        _objects.Put("b", "p/later.bin", "not pulled");

        await sync.SyncAsync(default);

        Assert.Equal(["new/y.bin"], _uploaded);
        Assert.Null(_objects.Find("b", "p/old/x.bin"));
        Assert.NotNull(_objects.Find("b", "p/later.bin"));
        Assert.False(File.Exists(Path.Combine(_folder, "n1", "later.bin")));
    }

    [Fact]
    public async Task Given_cancellation_When_synchronised_Then_nothing_more_reaches_S3()
    {
        var sync = Sync("n1");
        Write("n1/a.bin", minute: 1);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sync.SyncAsync(new CancellationToken(canceled: true)));

        Assert.Empty(_objects.List("b", ""));
    }

    [SkippableFact]
    public async Task Given_a_link_loop_and_a_named_pipe_When_synchronised_Then_the_loop_ends_and_the_pipe_is_named()
    {
        Skip.If(OperatingSystem.IsWindows(), "there are no named pipes in folders of Windows");
        var sync = Sync("n1");
        Write("n1/a.bin", minute: 1);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "n1", "loop"), Path.Combine(_folder, "n1"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "n1", "again"), Path.Combine(_folder, "n1"));
        await sync.SyncAsync(default);
        Assert.Equal(["a.bin"], _uploaded);

        using var mkfifo = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(_folder, "n1", "pipe")]);
        await mkfifo.WaitForExitAsync();
        var error = await Assert.ThrowsAnyAsync<IOException>(() => sync.SyncAsync(default));

        Assert.Contains(Path.Combine("n1", "pipe"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_link_loop_in_the_model_folder_When_it_is_packed_Then_every_file_is_there_once()
    {
        var tree = new NodeTree(_folder, _folder, "algo-1", Request("s3://b/data/", null));
        tree.Create(["algo-1"]);
        Write(Path.Combine(Path.GetRelativePath(_folder, tree.Model), "model.bin"), minute: 1);
        Directory.CreateSymbolicLink(Path.Combine(tree.Model, "loop"), tree.Model);

        await new OutputUpload(_objects, Request("s3://b/data/", null), _folder).RunAsync([tree], default);

        Assert.Equal(["model.bin"], await ModelFilesAsync());
    }

    [Fact]
    public async Task Given_an_empty_model_folder_When_it_is_packed_Then_the_archive_is_valid_and_empty()
    {
        var tree = new NodeTree(_folder, _folder, "algo-1", Request("s3://b/data/", null));
        tree.Create(["algo-1"]);

        await new OutputUpload(_objects, Request("s3://b/data/", null), _folder).RunAsync([tree], default);

        Assert.Empty(await ModelFilesAsync());
        await using var content = _objects.Open(_objects.Find("b", "out/job/output/model.tar.gz")!);
        var start = new byte[2];
        await content.ReadExactlyAsync(start);
        Assert.Equal([0x1f, 0x8b], start);
    }

    [Theory]
    [Effect("CreateTrainingJob", "InputDataConfig[].ChannelName", "InputDataConfig[].DataSource.S3DataSource.S3DataType", "InputDataConfig[].DataSource.S3DataSource.S3Uri")]
    [InlineData("data/", "data/sub/a.txt", "sub/a.txt")]
    [InlineData("data", "data/sub/a.txt", "sub/a.txt")]
    [InlineData("data/sub/a.txt", "data/sub/a.txt", "a.txt")]
    [InlineData("data/su", "data/sub/a.txt", "sub/a.txt")]
    [InlineData("", "data/a.txt", "data/a.txt")]
    public async Task Given_prefix_When_channel_is_downloaded_Then_names_are_relative_to_it(string prefix, string key, string file)
    {
        _objects.Put("b", key, "text");
        var nodes = await DownloadAsync($"s3://b/{prefix}", null, nodes: 1);

        Assert.Equal("text", await File.ReadAllTextAsync(Path.Combine(nodes[0].ChannelFolder("training"), file)));
    }

    [Fact]
    [Effect("CreateTrainingJob", "InputDataConfig[].DataSource.S3DataSource.S3DataDistributionType")]
    public async Task Given_sharded_channel_When_downloaded_Then_every_object_is_on_exactly_one_node()
    {
        foreach (var name in "abcde")
        {
            _objects.Put("b", $"data/{name}", "text");
        }

        var nodes = await DownloadAsync("s3://b/data/", "ShardedByS3Key", nodes: 2);
        var files = nodes.Select(node => Directory.GetFiles(node.ChannelFolder("training")).Select(Path.GetFileName).ToArray()).ToArray();

        Assert.Equal(["a", "b", "c", "d", "e"], files.SelectMany(names => names).Order(StringComparer.Ordinal));
        Assert.All(files, names => Assert.InRange(names.Length, 2, 3));
    }

    [Fact]
    public async Task Given_key_that_leads_out_of_the_folder_When_downloaded_Then_the_job_fails()
    {
        _objects.Put("b", "data/../../../../evil", "text");

        var failure = await Assert.ThrowsAsync<JobFailure>(() => DownloadAsync("s3://b/data/", null, nodes: 1));

        Assert.Contains("leads out of the channel's folder", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_volume_When_the_data_do_not_fit_Then_the_job_fails_and_says_so()
    {
        _objects.Put("b", "data/a", new string('x', 1000));
        var request = Request("s3://b/data/", null) with { ResourceConfig = new ResourceConfig("ml.m5.xlarge", 1, VolumeSizeInGB: 0) };

        var failure = await Assert.ThrowsAsync<JobFailure>(() =>
            new ChannelDownload(_objects, "us-east-1").RunAsync(request, [new NodeTree(_folder, _folder, "algo-1", request)], default));

        Assert.StartsWith("ClientError: Insufficient disk space", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Effect("CreateTrainingJob", "HyperParameters", "ResourceConfig.InstanceCount")]
    public void Given_request_When_node_is_made_Then_its_configuration_is_as_SageMaker_writes_it()
    {
        var tree = new NodeTree(_folder, _folder, "algo-2", Request("s3://b/data/", "ShardedByS3Key"));
        tree.Create(["algo-1", "algo-2"]);
        string Read(string name) => File.ReadAllText(Path.Combine(tree.Root, "input", "config", name + ".json"));

        Assert.Equal("""{"steps":"20"}""", Read("hyperparameters"));
        Assert.Equal("""{"training":{"TrainingInputMode":"File","S3DistributionType":"ShardedByS3Key","RecordWrapperType":"None"}}""", Read("inputdataconfig"));
        Assert.Equal(
            """{"current_host":"algo-2","current_instance_type":"ml.g5.xlarge","current_group_name":"homogeneousCluster","hosts":["algo-1","algo-2"],"instance_groups":[{"instance_group_name":"homogeneousCluster","instance_type":"ml.g5.xlarge","hosts":["algo-1","algo-2"]}],"network_interface_name":"lo"}""",
            Read("resourceconfig"));
        Assert.Equal(tree.Checkpoints, System.Text.Json.Nodes.JsonNode.Parse(Read("checkpointconfig"))!["LocalPath"]!.GetValue<string>());
    }

    private CheckpointSync Sync(params string[] nodes) => new(
        _objects, new S3Location("b", "p"), [.. nodes.Select(node => Directory.CreateDirectory(Path.Combine(_folder, node)).FullName)], _uploaded.Add, fails: () => false);

    private async Task<List<string>> ModelFilesAsync()
    {
        await using var archive = new System.IO.Compression.GZipStream(
            _objects.Open(_objects.Find("b", "out/job/output/model.tar.gz")!), System.IO.Compression.CompressionMode.Decompress);
        await using var tar = new System.Formats.Tar.TarReader(archive);
        var names = new List<string>();
        while (await tar.GetNextEntryAsync() is { } entry)
        {
            names.Add(entry.Name);
        }

        return names;
    }

    private void Write(string name, int minute)
    {
        var file = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "content of " + name);
        File.SetLastWriteTimeUtc(file, new DateTime(2026, 1, 1, 0, minute, 0, DateTimeKind.Utc));
    }

    private async Task<NodeTree[]> DownloadAsync(string uri, string? distribution, int nodes)
    {
        var request = Request(uri, distribution);
        NodeTree[] trees = [.. Enumerable.Range(1, nodes).Select(number => new NodeTree(_folder, _folder, $"algo-{number}", request))];
        await new ChannelDownload(_objects, "us-east-1").RunAsync(request, trees, default);
        return trees;
    }

    private static TrainingJobRequest Request(string uri, string? distribution) => new(
        "job", "role", new AlgorithmSpecification("sandbox/builtin", "File"), new OutputDataConfig("s3://b/out"), new ResourceConfig("ml.g5.xlarge", 2))
    {
        InputDataConfig = [new Channel("training", new DataSource(new S3DataSource("S3Prefix", uri, distribution)))],
        HyperParameters = new Dictionary<string, string> { ["steps"] = "20" },
        CheckpointConfig = new CheckpointConfig("s3://b/checkpoints"),
    };
}
