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
        s3.ListObjectsV2Async(default!, default).ReturnsForAnyArgs(call => List(call.Arg<ListObjectsV2Request>()));
        Clients = Substitute.For<IAwsClients>();
        Clients.Connection.Returns(new PublicConnection("us-east-1"));
        Clients.S3.Returns(s3);
    }

    public IAwsClients Clients { get; }

    /// <summary>Requests for a page of a list.</summary>
    public int Lists { get; set; }

    /// <summary>Keys and folders on a page.</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>True if reads get no answer.</summary>
    public bool IsOutOfReach { get; set; }

    /// <summary>Runs in each read, with the key, when its answer is fixed; what it throws is S3's answer instead.</summary>
    public Action<string> OnRead { get; set; } = _ => { };

    /// <summary>Runs before each write, with the key; what it throws is S3's answer instead.</summary>
    public Action<string> OnWrite { get; set; } = _ => { };

    /// <summary>Runs once after the next write, before its answer is given.</summary>
    public Action? AfterNextWrite { get; set; }

    public string this[string key]
    {
        get => _objects[key].Content;
        set => _objects[key] = (value, $"v{_versions++}");
    }

    public bool Has(string key) => _objects.ContainsKey(key);

    public bool Remove(string key) => _objects.TryRemove(key, out _);

    private ListObjectsV2Response List(ListObjectsV2Request request)
    {
        Lists++;
        var found = Keys(request).GroupBy(key => request.Delimiter is { } delimiter && key.IndexOf(delimiter, request.Prefix.Length, StringComparison.Ordinal) is >= 0 and var end ? key[..(end + 1)] : null);
        var folders = found.Where(group => group.Key is not null).Select(group => group.Key!).ToList();
        var keys = found.Where(group => group.Key is null).SelectMany(group => group).ToList();
        var page = int.Parse(request.ContinuationToken ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        var all = folders.Count + keys.Count;
        return new()
        {
            CommonPrefixes = [.. folders.Skip(page * PageSize).Take(PageSize)],
            S3Objects = [.. keys.Skip(Math.Max(0, (page * PageSize) - folders.Count)).Take(Math.Max(0, Math.Min(PageSize, ((page + 1) * PageSize) - folders.Count))).Select(key => new S3Object { Key = key })],
            NextContinuationToken = (page + 1) * PageSize < all ? $"{page + 1}" : null,
        };
    }

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
        OnWrite(request.Key);
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
