using System.Globalization;
using System.Net;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Amazon.S3.Model;
using BuildPipeline.Aws;
using BuildPipeline.Runs;

namespace BuildPipeline.Budgets;

/// <summary>Ledgers as objects of the bucket of the Terraform state, changed by S3's conditional writes.</summary>
/// <remarks>That bucket is there before anything is applied, and Cleanup leaves it alone.</remarks>
public sealed class S3LedgerStore : ILedgerStore
{
    /// <summary>What the keys of ledgers begin with.</summary>
    public const string Prefix = "ledger/";

    private readonly IAwsClients _clients;
    private readonly string _bucket;
    private readonly TimeProvider _time;
    private TimeSpan _ahead;

    /// <summary>A store in one bucket.</summary>
    /// <param name="clients">Clients of the bucket's region.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="time">This machine's clock.</param>
    public S3LedgerStore(IAwsClients clients, string bucket, TimeProvider time)
    {
        (_clients, _bucket, _time) = (clients, bucket, time);
        if (clients.S3 is AmazonServiceClient client)
        {
            client.AfterResponseEvent += (_, response) => SetClock(
                response is WebServiceResponseEventArgs { ResponseHeaders: { } headers } && headers.TryGetValue("Date", out var date) ? date : null);
        }
    }

    /// <inheritdoc/>
    public async Task<LedgerPage> ReadAsync(string team, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _clients.S3.GetObjectAsync(new GetObjectRequest { BucketName = _bucket, Key = KeyOf(team) }, cancellationToken);
            var ledger = await JsonSerializer.DeserializeAsync<TeamLedger>(answer.ResponseStream, RunJson.Indented, cancellationToken);
            return new LedgerPage(ledger!, answer.ETag, Now);
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode == "NoSuchKey")
        {
            SetClock((exception.InnerException as HttpErrorResponseException)?.Response?.GetHeaderValue("Date"));
            return new LedgerPage(new TeamLedger { Team = team }, null, Now);
        }
        catch (JsonException exception)
        {
            throw new PipelineException(
                ExitCode.BadConfiguration, $"s3://{_bucket}/{KeyOf(team)} is not a readable ledger ({exception.Message}); restore an earlier version of the object.", exception);
        }
        catch (Exception exception) when (AwsErrors.IsFromAws(exception, cancellationToken))
        {
            throw AwsErrors.Explain(exception, $"reading the ledger s3://{_bucket}/{KeyOf(team)}", _clients.Connection);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> TryWriteAsync(TeamLedger ledger, string? version, CancellationToken cancellationToken)
    {
        try
        {
            await _clients.S3.PutObjectAsync(
                new PutObjectRequest
                {
                    BucketName = _bucket,
                    Key = KeyOf(ledger.Team),
                    ContentBody = JsonSerializer.Serialize(ledger, RunJson.Indented) + "\n",
                    ContentType = "application/json",
                    IfMatch = version,
                    IfNoneMatch = version is null ? "*" : null,
                },
                cancellationToken);
            return true;
        }
        catch (AmazonS3Exception exception) when (IsOvertaken(exception, version))
        {
            return false;
        }
        catch (Exception exception) when (AwsErrors.IsFromAws(exception, cancellationToken))
        {
            throw AwsErrors.Explain(exception, $"writing the ledger s3://{_bucket}/{KeyOf(ledger.Team)}", _clients.Connection);
        }
    }

    private DateTimeOffset Now => _time.GetUtcNow() + _ahead;

    private static string KeyOf(string team) => $"{Prefix}{team}.json";

    // 412: another version is there; 409: another write was under way; 404: the version was deleted.
    private static bool IsOvertaken(AmazonS3Exception exception, string? version) =>
        exception.StatusCode is HttpStatusCode.PreconditionFailed
        || exception.ErrorCode == "ConditionalRequestConflict"
        || (version is not null && exception.ErrorCode == "NoSuchKey");

    // Each answer of S3 tells S3's time.
    private void SetClock(string? date)
    {
        if (DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var told))
        {
            _ahead = told - _time.GetUtcNow();
        }
    }
}
