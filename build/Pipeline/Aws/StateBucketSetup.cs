using System.Net;
using System.Text.Json.Nodes;
using Amazon.S3;
using Amazon.S3.Model;
using BuildPipeline.Accounts;

namespace BuildPipeline.Aws;

/// <summary>One property of the state bucket.</summary>
/// <param name="Name">What it is, for people.</param>
/// <param name="Changed">True if it was set now, false if it was there already.</param>
public sealed record BucketProperty(string Name, bool Changed);

/// <summary>Creates the bucket of the Terraform state, the leases and the run logs, and sets what it lacks. What is there is kept.</summary>
/// <param name="clients">Clients of the bucket's region.</param>
public sealed class StateBucketSetup(IAwsClients clients)
{
    /// <summary>Makes sure that the bucket exists, is versioned and encrypted, and refuses public access and plain HTTP.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="account">The account that it has to belong to.</param>
    /// <exception cref="PipelineException">The bucket belongs to another account (exit code 2), or S3 refuses or does not answer.</exception>
    public async Task<IReadOnlyList<BucketProperty>> EnsureAsync(string bucket, string account, CancellationToken cancellationToken)
    {
        try
        {
            return
            [
                new("exists", await CreateAsync(bucket, account, cancellationToken)),
                new("versioned", await EnableVersioningAsync(bucket, cancellationToken)),
                new("encrypted", await EncryptAsync(bucket, cancellationToken)),
                new("public access blocked", await BlockPublicAccessAsync(bucket, cancellationToken)),
                new("TLS only", await RequireTlsAsync(bucket, cancellationToken)),
            ];
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            throw AwsErrors.ToPipelineException(exception, $"setting up the state bucket {bucket}", clients.Connection);
        }
    }

    /// <summary>The policy of a bucket; null if it has none.</summary>
    public static async Task<string?> PolicyAsync(IAmazonS3 s3, string bucket, CancellationToken cancellationToken)
    {
        var policy = await ReadAsync(
            async () => (await s3.GetBucketPolicyAsync(new GetBucketPolicyRequest { BucketName = bucket }, cancellationToken)).Policy, "NoSuchBucketPolicy");

        // The SDK gives the XML of the error as the policy where there is none.
        return policy?.StartsWith('{') == true ? policy : null;
    }

    /// <summary>The algorithm of a bucket's default encryption; null if it has none.</summary>
    public static async Task<string?> EncryptionAsync(IAmazonS3 s3, string bucket, CancellationToken cancellationToken)
    {
        var rules = await ReadAsync(
            async () => (await s3.GetBucketEncryptionAsync(new GetBucketEncryptionRequest { BucketName = bucket }, cancellationToken))
                .ServerSideEncryptionConfiguration?.ServerSideEncryptionRules,
            "ServerSideEncryptionConfigurationNotFoundError");
        return rules?.FirstOrDefault()?.ServerSideEncryptionByDefault?.ServerSideEncryptionAlgorithm?.Value;
    }

    /// <summary>A bucket policy with a statement that refuses plain HTTP.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="policy">The bucket's policy; null if it has none.</param>
    /// <returns>The new policy; null if the policy has such a statement.</returns>
    public static string? WithTlsOnly(string bucket, string? policy)
    {
        var document = policy is null ? new JsonObject { ["Version"] = "2012-10-17" } : JsonNode.Parse(policy)!.AsObject();

        // A single statement may be written without an array.
        JsonArray statements = document["Statement"] is JsonArray several
            ? [.. several.Select(statement => statement?.DeepClone())]
            : [.. document["Statement"] is { } one ? new[] { one.DeepClone() } : []];
        if (statements.Any(RefusesHttp))
        {
            return null;
        }

        statements.Add(new JsonObject
        {
            ["Sid"] = "RequireTls",
            ["Effect"] = "Deny",
            ["Principal"] = "*",
            ["Action"] = "s3:*",
            ["Resource"] = new JsonArray($"arn:aws:s3:::{bucket}", $"arn:aws:s3:::{bucket}/*"),
            ["Condition"] = new JsonObject { ["Bool"] = new JsonObject { ["aws:SecureTransport"] = "false" } },
        });
        document["Statement"] = statements;
        return document.ToJsonString();
    }

    private static bool RefusesHttp(JsonNode? statement) =>
        statement?["Effect"]?.ToString() == "Deny"
        && statement["Action"]?.ToString() is "s3:*" or "*"
        && (statement["Principal"]?.ToString() == "*" || (statement["Principal"] as JsonObject)?["AWS"]?.ToString() == "*")
        && (statement["Condition"]?["Bool"] as JsonObject)?["aws:SecureTransport"]?.ToString() == "false";

    private async Task<bool> CreateAsync(string bucket, string account, CancellationToken cancellationToken)
    {
        try
        {
            await clients.S3.HeadBucketAsync(new HeadBucketRequest { BucketName = bucket, ExpectedBucketOwner = account }, cancellationToken);
            return false;
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.Forbidden)
        {
            throw Foreign(bucket, account, exception);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            // There is none yet.
        }

        try
        {
            await clients.S3.PutBucketAsync(bucket, cancellationToken);
            return true;
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode == "BucketAlreadyExists")
        {
            throw Foreign(bucket, account, exception);
        }
    }

    private async Task<bool> EnableVersioningAsync(string bucket, CancellationToken cancellationToken)
    {
        var known = await clients.S3.GetBucketVersioningAsync(new GetBucketVersioningRequest { BucketName = bucket }, cancellationToken);
        if (known.VersioningConfig?.Status == VersionStatus.Enabled)
        {
            return false;
        }

        await clients.S3.PutBucketVersioningAsync(
            new PutBucketVersioningRequest { BucketName = bucket, VersioningConfig = new() { Status = VersionStatus.Enabled } }, cancellationToken);
        return true;
    }

    private async Task<bool> EncryptAsync(string bucket, CancellationToken cancellationToken)
    {
        if (await EncryptionAsync(clients.S3, bucket, cancellationToken) is not null)
        {
            return false;
        }

        var rule = new ServerSideEncryptionRule { ServerSideEncryptionByDefault = new() { ServerSideEncryptionAlgorithm = ServerSideEncryptionMethod.AES256 } };
        await clients.S3.PutBucketEncryptionAsync(
            new PutBucketEncryptionRequest { BucketName = bucket, ServerSideEncryptionConfiguration = new() { ServerSideEncryptionRules = [rule] } }, cancellationToken);
        return true;
    }

    private async Task<bool> BlockPublicAccessAsync(string bucket, CancellationToken cancellationToken)
    {
        var known = await ReadAsync(
            async () => (await clients.S3.GetPublicAccessBlockAsync(new GetPublicAccessBlockRequest { BucketName = bucket }, cancellationToken)).PublicAccessBlockConfiguration,
            "NoSuchPublicAccessBlockConfiguration");
        if (known is { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true })
        {
            return false;
        }

        await clients.S3.PutPublicAccessBlockAsync(
            new PutPublicAccessBlockRequest
            {
                BucketName = bucket,
                PublicAccessBlockConfiguration = new() { BlockPublicAcls = true, IgnorePublicAcls = true, BlockPublicPolicy = true, RestrictPublicBuckets = true },
            },
            cancellationToken);
        return true;
    }

    private async Task<bool> RequireTlsAsync(string bucket, CancellationToken cancellationToken)
    {
        if (WithTlsOnly(bucket, await PolicyAsync(clients.S3, bucket, cancellationToken)) is not { } policy)
        {
            return false;
        }

        await clients.S3.PutBucketPolicyAsync(new PutBucketPolicyRequest { BucketName = bucket, Policy = policy }, cancellationToken);
        return true;
    }

    // Null if S3 says that the bucket has no such setting.
    private static async Task<T?> ReadAsync<T>(Func<Task<T?>> read, string absent)
        where T : class
    {
        try
        {
            return await read();
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode == absent)
        {
            return null;
        }
    }

    private static PipelineException Foreign(string bucket, string account, Exception cause) => new(
        AccountErrors.ForeignBucket,
        $"The bucket {bucket} exists, and account {account} does not own it or these credentials may not read it. Choose another name in the environment's .s3.tfbackend file, or use other credentials.",
        cause);
}
