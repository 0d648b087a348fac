using System.Globalization;
using System.Net;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Amazon.S3.Model;

namespace BuildPipeline.Aws;

/// <summary>A JSON document as it was read.</summary>
/// <param name="Value">Its content; null where there is none.</param>
/// <param name="Version">What a change has to be made to; null where there is none.</param>
/// <param name="Now">S3's clock, so that the clocks of the machines need not agree.</param>
public sealed record S3Document<T>(T? Value, string? Version, DateTimeOffset Now)
    where T : class;

/// <summary>JSON documents in one bucket, changed by S3's conditional writes: a change is made to the version that was read, or not at all.</summary>
/// <param name="clients">Clients of the bucket's region.</param>
/// <param name="bucket">The bucket.</param>
/// <param name="time">This machine's clock.</param>
public sealed class S3Documents(IAwsClients clients, string bucket, TimeProvider time)
{
    private AmazonServiceClient? _watched;
    private TimeSpan _ahead;

    /// <summary>The bucket.</summary>
    public string Bucket => bucket;

    private DateTimeOffset Now => time.GetUtcNow() + _ahead;

    /// <summary>Reads a document.</summary>
    /// <param name="key">Object key.</param>
    /// <param name="what">What it is, for messages, for example <c>ledger</c>.</param>
    /// <exception cref="PipelineException">It cannot be reached or read.</exception>
    public async Task<S3Document<T>> ReadAsync<T>(string key, string what, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            using var answer = await Client().GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = key }, cancellationToken);
            return new(await JsonSerializer.DeserializeAsync<T>(answer.ResponseStream, RunJson.Indented, cancellationToken), answer.ETag, Now);
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode == "NoSuchKey")
        {
            SetClock((exception.InnerException as HttpErrorResponseException)?.Response?.GetHeaderValue("Date"));
            return new(null, null, Now);
        }
        catch (JsonException exception)
        {
            throw new PipelineException(
                AccountErrors.UnreadableDocument, $"s3://{bucket}/{key} is not a readable {what} ({exception.Message}). Restore an earlier version of the object.", exception);
        }
        catch (Exception exception) when (AwsErrors.IsFromAws(exception, cancellationToken))
        {
            throw AwsErrors.Explain(exception, $"reading the {what} s3://{bucket}/{key}", clients.Connection);
        }
    }

    /// <summary>Replaces a document.</summary>
    /// <param name="key">Object key.</param>
    /// <param name="value">The new content.</param>
    /// <param name="version">The version it was made from; null where there was none.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <returns>The new version; null where somebody else has changed it since, and nothing was written.</returns>
    /// <exception cref="PipelineException">It cannot be written.</exception>
    public async Task<string?> TryWriteAsync<T>(string key, T value, string? version, string what, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await Client().PutObjectAsync(
                new PutObjectRequest
                {
                    BucketName = bucket,
                    Key = key,
                    ContentBody = JsonSerializer.Serialize(value, RunJson.Indented) + "\n",
                    ContentType = "application/json",
                    IfMatch = version,
                    IfNoneMatch = version is null ? "*" : null,
                },
                cancellationToken);
            return answer.ETag ?? "";
        }
        catch (AmazonS3Exception exception) when (IsOvertaken(exception, version))
        {
            return null;
        }
        catch (Exception exception) when (AwsErrors.IsFromAws(exception, cancellationToken))
        {
            throw AwsErrors.Explain(exception, $"writing the {what} s3://{bucket}/{key}", clients.Connection);
        }
    }

    /// <summary>Deletes a document, if it is there.</summary>
    /// <exception cref="PipelineException">It cannot be deleted.</exception>
    public async Task DeleteAsync(string key, string what, CancellationToken cancellationToken)
    {
        try
        {
            await Client().DeleteObjectAsync(new DeleteObjectRequest { BucketName = bucket, Key = key }, cancellationToken);
        }
        catch (Exception exception) when (AwsErrors.IsFromAws(exception, cancellationToken))
        {
            throw AwsErrors.Explain(exception, $"deleting the {what} s3://{bucket}/{key}", clients.Connection);
        }
    }

    /// <summary>The keys that begin with a prefix.</summary>
    /// <exception cref="PipelineException">They cannot be listed.</exception>
    public async Task<IReadOnlyList<string>> KeysAsync(string prefix, CancellationToken cancellationToken)
    {
        var keys = new List<string>();
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = prefix };
        try
        {
            do
            {
                var page = await Client().ListObjectsV2Async(request, cancellationToken);
                keys.AddRange((page.S3Objects ?? []).Select(found => found.Key));
                request.ContinuationToken = page.NextContinuationToken;
            }
            while (request.ContinuationToken is not null);
        }
        catch (Exception exception) when (AwsErrors.IsFromAws(exception, cancellationToken))
        {
            throw AwsErrors.Explain(exception, $"listing s3://{bucket}/{prefix}", clients.Connection);
        }

        return keys;
    }

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
