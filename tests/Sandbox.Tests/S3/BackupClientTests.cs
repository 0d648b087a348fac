using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.S3;

/// <summary>rclone, restic and s3cmd against the sandbox's S3: copies there and back, without a byte that differs.</summary>
[Trait("Tier", "all")]
public sealed class BackupClientTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private string Folder { get; } = Directory.CreateDirectory(Path.Combine(sandbox.StateFolder, "backup", Guid.NewGuid().ToString("N"))).FullName;

    private string Source => Path.Combine(Folder, "source");

    private string Target => Path.Combine(Folder, "target");

    [SkippableFact]
    public async Task Given_a_folder_When_rclone_syncs_it_there_and_back_Then_it_is_the_same()
    {
        await RequireAsync("rclone", "version");
        await FillAsync();
        const string Remote = ":s3,provider=Other,env_auth=true";
        string[] options = ["--config", Path.Combine(Folder, "rclone.conf"), "--s3-endpoint", sandbox.Url.ToString(), "--s3-upload-cutoff", "6M", "--retries", "1", "--s3-acl", "bucket-owner-full-control", "--s3-bucket-acl", "private"];

        await RunAsync("rclone", [.. options, "mkdir", Remote + ":rclone"]);
        await RunAsync("rclone", [.. options, "sync", Source, Remote + ":rclone/tree"]);
        await RunAsync("rclone", [.. options, "check", "--download", Source, Remote + ":rclone/tree"]);
        File.Delete(Path.Combine(Source, "ä b.txt"));
        await RunAsync("rclone", [.. options, "sync", Source, Remote + ":rclone/tree"]);
        await RunAsync("rclone", [.. options, "copy", Remote + ":rclone/tree", Target]);
        await RunAsync("rclone", [.. options, "purge", Remote + ":rclone"]);

        await SameAsync();
    }

    [SkippableFact]
    public async Task Given_a_folder_When_restic_backs_it_up_Then_it_restores_the_same_and_its_check_finds_nothing()
    {
        await RequireAsync("restic", "version");
        await FillAsync();
        var environment = new Dictionary<string, string>(sandbox.ClientEnvironment())
        {
            ["RESTIC_REPOSITORY"] = $"s3:{sandbox.Url}restic/repository",
            ["RESTIC_PASSWORD"] = "none",
            ["RESTIC_CACHE_DIR"] = Path.Combine(Folder, "cache"),
        };

        await RunAsync("restic", ["init"], environment);
        await RunAsync("restic", ["backup", "."], environment, Source);
        await RunAsync("restic", ["check", "--read-data"], environment);
        await RunAsync("restic", ["restore", "latest", "--target", Target], environment);
        await RunAsync("restic", ["forget", "latest", "--keep-last", "1", "--prune"], environment);

        await SameAsync();
    }

    [SkippableFact]
    public async Task Given_a_folder_When_s3cmd_syncs_it_there_and_back_Then_it_is_the_same()
    {
        await RequireAsync("s3cmd", "--version");
        await FillAsync();
        var settings = Path.Combine(Folder, "s3cmd.cfg");
        await File.WriteAllTextAsync(settings, $"""
            [default]
            access_key = sandbox
            secret_key = sandbox
            host_base = {sandbox.Url.Authority}
            host_bucket = {sandbox.Url.Authority}
            use_https = False
            multipart_chunk_size_mb = 5
            """);

        await RunAsync("s3cmd", ["--config", settings, "mb", "s3://s3cmd"]);
        await RunAsync("s3cmd", ["--config", settings, "sync", Source + "/", "s3://s3cmd/tree/"]);
        await RunAsync("s3cmd", ["--config", settings, "sync", "s3://s3cmd/tree/", Target + "/"]);
        await RunAsync("s3cmd", ["--config", settings, "rb", "--recursive", "s3://s3cmd"]);

        await SameAsync();
    }

    /// <summary>rclone cannot start where a bundle of certificates is named, and needs none here.</summary>
    private Dictionary<string, string> Environment() => new(sandbox.ClientEnvironment()) { ["AWS_CA_BUNDLE"] = "" };

    private static async Task RequireAsync(string program, string version) =>
        Skip.IfNot(await ExternalTool.WorksAsync(program, version), $"Skipped {program} against the sandbox's S3: it is not installed.");

    /// <summary>A name in another script, an empty file, and one that goes in parts.</summary>
    private async Task FillAsync()
    {
        Directory.CreateDirectory(Path.Combine(Source, "sub dir"));
        Directory.CreateDirectory(Target);
        var large = new byte[12 * 1024 * 1024];
        new Random(1).NextBytes(large);
        await File.WriteAllBytesAsync(Path.Combine(Source, "sub dir", "large.bin"), large);
        await File.WriteAllTextAsync(Path.Combine(Source, "ä b.txt"), "text");
        await File.WriteAllTextAsync(Path.Combine(Source, "empty"), "");
    }

    private async Task SameAsync()
    {
        var expected = FilesOf(Source);
        Assert.Equal(expected, FilesOf(Target));
        foreach (var name in expected)
        {
            var (sent, fetched) = (await File.ReadAllBytesAsync(Path.Combine(Source, name)), await File.ReadAllBytesAsync(Path.Combine(Target, name)));
            Assert.True(sent.AsSpan().SequenceEqual(fetched), name);
        }
    }

    private static List<string> FilesOf(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal)];

    private async Task RunAsync(string program, string[] arguments, Dictionary<string, string>? environment = null, string? folder = null)
    {
        var (exitCode, output, errors) = await ExternalTool.RunAsync(program, arguments, environment ?? Environment(), folder);
        Assert.True(exitCode == 0, $"{program} {string.Join(' ', arguments)}: {output}{errors}");
    }
}
