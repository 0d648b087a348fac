using System.Text;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Sandbox.Tests.S3;

public sealed class ObjectStoreTests : IDisposable
{
    private const string Bucket = "bucket";
    private const string Versioning = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";

    private readonly string _folder = Directory.CreateTempSubdirectory("store-test-").FullName;
    private readonly FakeTimeProvider _time = new();
    private ObjectStore _store;

    public ObjectStoreTests()
    {
        _store = Open();
        _store.CreateBucket(Bucket, "us-east-1");
    }

    [Fact]
    public async Task Given_an_object_When_the_store_is_opened_again_Then_bytes_and_headers_are_the_same()
    {
        var headers = new ObjectHeaders("text/plain", Metadata: new Dictionary<string, string> { ["run"] = "1" }, Tagging: "a=b");
        var put = await PutAsync("deep/key", "content", headers);

        _store = Open();

        var found = _store.Find(Bucket, "deep/key")!;
        Assert.Equal("content", await TextAsync(found));
        Assert.Equal(put.ETag, found.ETag);
        Assert.Equal(put.LastModified, found.LastModified);
        Assert.Equal("1", found.Headers.Metadata!["run"]);
        Assert.Equal("a=b", found.Headers.Tagging);
    }

    [Fact]
    public async Task Given_an_unversioned_bucket_When_a_key_is_written_twice_Then_one_version_and_one_data_file_are_left()
    {
        await PutAsync("key", "old");
        await PutAsync("key", "new");

        Assert.Equal("new", await TextAsync(_store.Find(Bucket, "key")!));
        Assert.Single(Directory.EnumerateFiles(_folder, "*.data", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Given_an_open_reader_When_the_key_is_written_again_Then_the_reader_gets_the_old_bytes()
    {
        await PutAsync("key", "old");
        var (_, content) = _store.Read(Bucket, "key", null);
        await PutAsync("key", "new");

        using var reader = new StreamReader(content);
        Assert.Equal("old", await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task Given_a_versioned_bucket_When_deleted_Then_a_marker_hides_the_key_and_removing_it_brings_the_key_back()
    {
        _store.SetBucketSetting(Bucket, "versioning", Versioning);
        var put = await PutAsync("key", "content");
        var marker = _store.Delete(Bucket, "key", null, WriteCondition.None);
        _store = Open();

        Assert.True(marker.IsMarker);
        Assert.Null(_store.Find(Bucket, "key"));
        Assert.Equal("content", await TextAsync(_store.Find(Bucket, "key", put.VersionId)!));
        Assert.Equal("BucketNotEmpty", Assert.Throws<AwsError>(() => _store.DeleteBucket(Bucket)).Code);

        _store.Delete(Bucket, "key", marker.VersionId, WriteCondition.None);
        Assert.NotNull(_store.Find(Bucket, "key"));
    }

    [Fact]
    public async Task Given_twenty_writers_with_the_same_condition_When_they_race_Then_exactly_one_wins()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Task.Run(async () =>
        {
            using var body = await StagedBody.ReceiveAsync(_store.StagingFolder, Content($"{number}"), [], withSha256: false, default);
            try
            {
                _store.Commit(Bucket, new ObjectDraft("lease", body.ETag, new ObjectHeaders()), body, new WriteCondition(null, IfAbsent: true));
                return true;
            }
            catch (AwsError error) when (error.Code == "PreconditionFailed")
            {
                return false;
            }
        })));

        Assert.Single(outcomes, won => won);
        Assert.Empty(Directory.EnumerateFiles(_store.StagingFolder));
    }

    [Fact]
    public async Task Given_bytes_without_a_record_When_opened_Then_they_are_swept_and_the_object_stays()
    {
        var put = await PutAsync("key", "content");
        var orphan = Path.Combine(Path.GetDirectoryName(put.DataFile)!, "orphan.data");
        await File.WriteAllTextAsync(orphan, "left by a crash");
        await File.WriteAllTextAsync(Path.Combine(_store.StagingFolder, "half"), "left by a crash");

        _store = Open();

        Assert.False(File.Exists(orphan));
        Assert.Empty(Directory.EnumerateFiles(_store.StagingFolder));
        Assert.Equal("content", await TextAsync(_store.Find(Bucket, "key")!));
    }

    [Fact]
    public async Task Given_default_encryption_with_a_key_When_written_Then_the_object_has_it()
    {
        _store.SetBucketSetting(Bucket, "encryption", """
            <ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ApplyServerSideEncryptionByDefault>
            <SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>key-1</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>
            """);

        var put = await PutAsync("key", "content");

        Assert.Equal("aws:kms", put.Headers.ServerSideEncryption);
        Assert.Equal("key-1", put.Headers.KmsKeyId);
    }

    [Fact]
    public async Task Given_keys_of_all_kinds_When_listed_Then_the_order_is_ordinal()
    {
        foreach (var key in new[] { "b", "a/2", "B", "a/10", "ä" })
        {
            await PutAsync(key, "x");
        }

        Assert.Equal(["B", "a/10", "a/2", "b", "ä"], _store.List(Bucket, "").Select(stored => stored.Key));
        Assert.Equal(["a/10", "a/2"], _store.List(Bucket, "a/").Select(stored => stored.Key));
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("Upper")]
    [InlineData("under_score")]
    [InlineData("-dash")]
    [InlineData("two..dots")]
    [InlineData("192.168.0.1")]
    [InlineData("xn--name")]
    [InlineData("name-s3alias")]
    public void Given_a_name_against_the_rules_When_a_bucket_is_created_Then_it_is_refused(string name) =>
        Assert.Equal("InvalidBucketName", Assert.Throws<AwsError>(() => _store.CreateBucket(name, "us-east-1")).Code);

    [Fact]
    public void Given_a_bucket_When_created_again_Then_it_is_already_owned() =>
        Assert.Equal("BucketAlreadyOwnedByYou", Assert.Throws<AwsError>(() => _store.CreateBucket(Bucket, "us-east-1")).Code);

    [Fact]
    public void Given_an_empty_bucket_When_deleted_Then_it_is_gone_also_after_a_restart()
    {
        _store.DeleteBucket(Bucket);

        Assert.False(_store.BucketExists(Bucket));
        Assert.Empty(Open().Buckets);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ObjectStore Open() => new(new SandboxSettings(_folder), _time);

    private Task<StoredObject> PutAsync(string key, string content, ObjectHeaders? headers = null) =>
        _store.PutAsync(Bucket, key, Content(content), headers);

    private static MemoryStream Content(string text) => new(Encoding.UTF8.GetBytes(text));

    private async Task<string> TextAsync(StoredObject stored)
    {
        using var reader = new StreamReader(_store.Open(stored));
        return await reader.ReadToEndAsync();
    }
}
