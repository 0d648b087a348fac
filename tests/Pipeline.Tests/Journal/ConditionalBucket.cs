using System.Collections.Concurrent;
using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Journal;

/// <summary>A bucket in memory that knows S3's conditional writes.</summary>
internal sealed class ConditionalBucket
{
    private readonly ConcurrentDictionary<string, (string Content, string Version)> _objects = new();
    private int _versions;

    public ConditionalBucket()
    {
        var s3 = Substitute.For<IAmazonS3>();
        s3.GetObjectAsync(Arg.Any<GetObjectRequest>(), default).ReturnsForAnyArgs(call => Get(call.Arg<GetObjectRequest>()));
        s3.PutObjectAsync(default!, default).ReturnsForAnyArgs(call => Put(call.Arg<PutObjectRequest>()));
        s3.ListObjectsV2Async(default!, default).ReturnsForAnyArgs(call => new ListObjectsV2Response
        {
            S3Objects = [.. Keys(call.Arg<ListObjectsV2Request>()).Select(key => new S3Object { Key = key })],
        });
        Clients = Substitute.For<IAwsClients>();
        Clients.Connection.Returns(new PublicConnection("us-east-1"));
        Clients.S3.Returns(s3);
    }

    public IAwsClients Clients { get; }

    /// <summary>True if reads get no answer.</summary>
    public bool IsOutOfReach { get; set; }

    /// <summary>Runs in each read, with the key, when its answer is fixed; what it throws is S3's answer instead.</summary>
    public Action<string> OnRead { get; set; } = _ => { };

    /// <summary>Runs once after the next write, before its answer is given.</summary>
    public Action? AfterNextWrite { get; set; }

    public string this[string key]
    {
        get => _objects[key].Content;
        set => _objects[key] = (value, $"v{_versions++}");
    }

    public bool Has(string key) => _objects.ContainsKey(key);

    public bool Remove(string key) => _objects.TryRemove(key, out _);

    private IEnumerable<string> Keys(ListObjectsV2Request request) => IsOutOfReach ? throw new HttpRequestException("Connection refused")
        : _objects.Keys.Where(key => key.StartsWith(request.Prefix, StringComparison.Ordinal) && string.CompareOrdinal(key, request.StartAfter) > 0)
            .Order(StringComparer.Ordinal);

    private GetObjectResponse Get(GetObjectRequest request)
    {
        var isThere = _objects.TryGetValue(request.Key, out var found);
        OnRead(request.Key);
        return IsOutOfReach ? throw new HttpRequestException("Connection refused")
        : isThere
        ? new() { ResponseStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(found.Content)), ETag = found.Version }
        : throw Error(HttpStatusCode.NotFound, "NoSuchKey");
    }

    private PutObjectResponse Put(PutObjectRequest request)
    {
        var current = _objects.GetValueOrDefault(request.Key).Version;
        if ((request.IfNoneMatch == "*" && current is not null) || (request.IfMatch is { } match && match != current))
        {
            throw Error(HttpStatusCode.PreconditionFailed, "PreconditionFailed");
        }

        this[request.Key] = request.ContentBody ?? new StreamReader(request.InputStream).ReadToEnd();
        var after = AfterNextWrite;
        AfterNextWrite = null;
        after?.Invoke();
        return new() { ETag = _objects[request.Key].Version };
    }

    public static AmazonS3Exception Error(HttpStatusCode status, string code) => new(code, null, ErrorType.Sender, code, "r", status);
}
