using System.Globalization;
using System.Net;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Amazon.S3.Model;
using BuildPipeline.Accounts;

namespace BuildPipeline.Aws;

/// <summary>A JSON document as it was read.</summary>
/// <param name="Value">Its content; null if there is none.</param>
/// <param name="Version">What a change has to be made to; null if there is none.</param>
/// <param name="Now">S3's clock, so the clocks of the machines need not agree.</param>
public sealed record S3Document<T>(T? Value, string? Version, DateTimeOffset Now)
    where T : class;

/// <summary>JSON documents in one bucket, changed by S3's conditional writes: a change is made to the version that was read, or not at all.</summary>
/// <param name="clients">Clients of the bucket's region.</param>
/// <param name="bucket">The bucket.</param>
/// <param name="time">This machine's clock.</param>
/// <param name="hints">Writes the command that creates the bucket.</param>
public sealed class S3Documents(IAwsClients clients, IBucket bucket, TimeProvider time, CommandHints hints)
{
    private AmazonServiceClient? _watched;
    private TimeSpan _ahead;

    /// <summary>The bucket.</summary>
    public string Bucket => bucket.Name;

    /// <summary>S3's clock, as far as it has answered.</summary>
    public DateTimeOffset Now => time.GetUtcNow() + _ahead;

    /// <summary>Reads a document.</summary>
    /// <param name="key">Object key.</param>
    /// <param name="what">What it is, for messages, for example <c>ledger</c>.</param>
    /// <exception cref="PipelineException">It cannot be reached or read.</exception>
    public async Task<S3Document<T>> ReadAsync<T>(string key, string what, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await GetAsync<S3Document<T>>(
                key, what, async answer => new(await JsonSerializer.DeserializeAsync<T>(answer.ResponseStream, RunJson.Indented, cancellationToken), answer.ETag, Now), cancellationToken)
                ?? new(null, null, Now);
        }
        catch (JsonException exception)
        {
            throw new PipelineException(
                AccountErrors.UnreadableDocument, $"s3://{Bucket}/{key} is not a readable {what} ({exception.Message}). Restore an earlier version of the object.", exception);
        }
    }

    /// <summary>Creates a document, and tries for some minutes where S3 does not answer.</summary>
    /// <returns>False if the key is taken, perhaps by an earlier try whose answer was lost; nothing was written.</returns>
    /// <exception cref="PipelineException">It cannot be written.</exception>
    public async Task<bool> TryCreateAsync<T>(string key, T value, string what, CancellationToken cancellationToken) =>
        await TryPutAsync(key, what, async token => await Patience.For(clients.Connection, time).ExecuteAsync(
            async inner => await PutAsync(key, value, null, inner), token), null, cancellationToken) is not null;

    /// <summary>Replaces a document.</summary>
    /// <param name="key">Object key.</param>
    /// <param name="value">The new content.</param>
    /// <param name="version">The version it was made from; null if there was none.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <returns>The new version; null if somebody else has changed it since, and nothing was written.</returns>
    /// <exception cref="PipelineException">It cannot be written.</exception>
    public Task<string?> TryWriteAsync<T>(string key, T value, string? version, string what, CancellationToken cancellationToken) =>
        TryPutAsync(key, what, token => PutAsync(key, value, version, token), version, cancellationToken);

    /// <summary>Reads an object as it is; null if there is none.</summary>
    /// <exception cref="PipelineException">It cannot be reached.</exception>
    public async Task<byte[]?> ReadBytesAsync(string key, string what, CancellationToken cancellationToken) => (await ReadContentAsync(key, what, cancellationToken)).Value;

    /// <summary>Reads an object as it is, with its version, whether it is a readable document or not.</summary>
    /// <exception cref="PipelineException">It cannot be reached.</exception>
    public async Task<S3Document<byte[]>> ReadContentAsync(string key, string what, CancellationToken cancellationToken) => await GetAsync<S3Document<byte[]>>(
        key,
        what,
        async answer =>
        {
            using var content = new MemoryStream();
            await answer.ResponseStream.CopyToAsync(content, cancellationToken);
            return new(content.ToArray(), answer.ETag, Now);
        },
        cancellationToken) ?? new(null, null, Now);

    /// <summary>Writes an object, whatever is there.</summary>
    /// <exception cref="PipelineException">It cannot be written.</exception>
    public Task WriteBytesAsync(string key, byte[] content, string what, CancellationToken cancellationToken) => ExplainAsync(
        $"writing the {what} s3://{Bucket}/{key}",
        async () =>
        {
            using var stream = new MemoryStream(content);
            return await Client().PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = key, InputStream = stream }, cancellationToken);
        },
        cancellationToken);

    /// <summary>The keys that start with a prefix.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="after">Only keys after that one; null is all.</param>
    /// <exception cref="PipelineException">They cannot be listed.</exception>
    public Task<IReadOnlyList<string>> KeysAsync(string prefix, CancellationToken cancellationToken, string? after = null) =>
        ListAsync(new ListObjectsV2Request { Prefix = prefix, StartAfter = after }, page => (page.S3Objects ?? []).Select(known => known.Key), cancellationToken);

    /// <summary>The folders that start with a prefix, each once and with its slash, by one request for each thousand of them: what they hold is not listed.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <exception cref="PipelineException">They cannot be listed.</exception>
    public Task<IReadOnlyList<string>> FoldersAsync(string prefix, CancellationToken cancellationToken) =>
        ListAsync(new ListObjectsV2Request { Prefix = prefix, Delimiter = "/" }, page => page.CommonPrefixes ?? [], cancellationToken);

    private Task<IReadOnlyList<string>> ListAsync(ListObjectsV2Request request, Func<ListObjectsV2Response, IEnumerable<string>> found, CancellationToken cancellationToken) => ExplainAsync<IReadOnlyList<string>>(
        $"listing s3://{Bucket}/{request.Prefix}",
        async () =>
        {
            var all = new List<string>();
            request.BucketName = Bucket;
            do
            {
                var page = await Client().ListObjectsV2Async(request, cancellationToken);
                all.AddRange(found(page));
                request.ContinuationToken = page.NextContinuationToken;
            }
            while (request.ContinuationToken is not null);

            return all;
        },
        cancellationToken);

    // Null if there is no such object.
    private Task<T?> GetAsync<T>(string key, string what, Func<GetObjectResponse, Task<T>> read, CancellationToken cancellationToken)
        where T : class => ExplainAsync(
        $"reading the {what} s3://{Bucket}/{key}",
        async () =>
        {
            try
            {
                using var answer = await Client().GetObjectAsync(new GetObjectRequest { BucketName = Bucket, Key = key }, cancellationToken);
                return await read(answer);
            }
            catch (AmazonS3Exception exception) when (exception.ErrorCode == "NoSuchKey")
            {
                SetClock((exception.InnerException as HttpErrorResponseException)?.Response?.GetHeaderValue("Date"));
                return null;
            }
        },
        cancellationToken);

    private Task<string?> TryPutAsync(
        string key, string what, Func<CancellationToken, Task<PutObjectResponse>> put, string? version, CancellationToken cancellationToken) => ExplainAsync(
        $"writing the {what} s3://{Bucket}/{key}",
        async () =>
        {
            try
            {
                return (await put(cancellationToken)).ETag ?? "";
            }
            catch (AmazonS3Exception exception) when (IsOvertaken(exception, version))
            {
                return null;
            }
        },
        cancellationToken);

    private async Task<T> ExplainAsync<T>(string operation, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode == "NoSuchBucket")
        {
            throw new PipelineException(AccountErrors.NoStateBucket, $"The state bucket {Bucket} does not exist. Create it with:\n  {hints.For("Bootstrap")}", exception);
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            throw AwsErrors.ToPipelineException(exception, operation, clients.Connection);
        }
    }

    private Task<PutObjectResponse> PutAsync<T>(string key, T value, string? version, CancellationToken cancellationToken) => Client().PutObjectAsync(
        new PutObjectRequest
        {
            BucketName = Bucket,
            Key = key,
            ContentBody = JsonSerializer.Serialize(value, RunJson.Indented) + "\n",
            ContentType = "application/json",
            IfMatch = version,
            IfNoneMatch = version is null ? "*" : null,
        },
        cancellationToken);

    // 412: another version is there; 409: another write was under way; 404: the version was deleted.
    private static bool IsOvertaken(AmazonS3Exception exception, string? version) =>
        exception.StatusCode is HttpStatusCode.PreconditionFailed
        || exception.ErrorCode == "ConditionalRequestConflict"
        || (version is not null && exception.ErrorCode == "NoSuchKey");

    // The client changes when the sandbox moves to another port; each answer has S3's time.
    private IAmazonS3 Client()
    {
        var s3 = clients.S3;
        if (s3 is AmazonServiceClient client && !ReferenceEquals(client, _watched))
        {
            client.AfterResponseEvent += (_, response) => SetClock(
                response is WebServiceResponseEventArgs { ResponseHeaders: { } headers } && headers.TryGetValue("Date", out var date) ? date : null);
            _watched = client;
        }

        return s3;
    }

    private void SetClock(string? date)
    {
        if (DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var told))
        {
            _ahead = told - time.GetUtcNow();
        }
    }
}
