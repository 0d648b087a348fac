using Amazon.CloudWatchLogs.Model;
using Amazon.EC2.Model;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SageMaker.Model;
using BuildPipeline.Aws;

namespace BuildPipeline.Doctor;

/// <summary>Reads the account; changes nothing in it.</summary>
public static class AccountProbe
{
    /// <summary>When the credentials of a client expire; null if they do not, or do not say so.</summary>
    public static async Task<DateTimeOffset?> ExpiryAsync(IClientConfig client, CancellationToken cancellationToken)
    {
        var credentials = client.DefaultAWSCredentials ?? await DefaultAWSCredentialsIdentityResolver.GetCredentialsAsync(client).WaitAsync(cancellationToken);
        await credentials.GetCredentialsAsync().WaitAsync(cancellationToken);
        return SdkTime.ToUtc(credentials.Expiration);
    }

    /// <summary>The bucket of the Terraform state.</summary>
    /// <param name="s3">S3 in the region of the bucket.</param>
    /// <param name="bucket">Name of the bucket.</param>
    public static async Task<StateBucketStatus> StateAsync(IAmazonS3 s3, string bucket, CancellationToken cancellationToken)
    {
        try
        {
            await s3.HeadBucketAsync(new HeadBucketRequest { BucketName = bucket }, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return new StateBucketStatus(bucket, Exists: false);
        }

        return new StateBucketStatus(
            bucket,
            Exists: true,
            await TryAsync<bool?>(async () => (await s3.GetBucketVersioningAsync(new GetBucketVersioningRequest { BucketName = bucket }, cancellationToken)).VersioningConfig?.Status == VersionStatus.Enabled),
            await TryAsync<string>(async () => await StateBucketSetup.EncryptionAsync(s3, bucket, cancellationToken) ?? StateBucketStatus.NotEncrypted),
            await TryAsync<bool?>(async () => StateBucketSetup.WithTlsOnly(bucket, await StateBucketSetup.PolicyAsync(s3, bucket, cancellationToken)) is null));
    }

    /// <summary>Tries calls that only read, each of which a step of a run makes too.</summary>
    /// <param name="clients">Clients of the job's region.</param>
    /// <param name="state">S3 in the region of the state bucket.</param>
    /// <param name="bucket">Name of the state bucket.</param>
    /// <exception cref="PipelineException">AWS cannot be reached.</exception>
    public static async Task<IReadOnlyList<Permission>> PermissionsAsync(IAwsClients clients, IAmazonS3 state, string bucket, CancellationToken cancellationToken) =>
    [
        await AskAsync(clients, "sagemaker:ListTrainingJobs", isNeeded: true, () => clients.SageMaker.ListTrainingJobsAsync(new ListTrainingJobsRequest { MaxResults = 1 }, cancellationToken)),
        await AskAsync(clients, "s3:ListBucket", isNeeded: true, () => state.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket, MaxKeys = 1 }, cancellationToken)),
        await AskAsync(clients, "logs:DescribeLogStreams", isNeeded: false, () => clients.Logs.DescribeLogStreamsAsync(new DescribeLogStreamsRequest { LogGroupName = "/aws/sagemaker/TrainingJobs", Limit = 1 }, cancellationToken)),
        await AskAsync(clients, "ec2:DescribeSpotPriceHistory", isNeeded: false, () => clients.Ec2.DescribeSpotPriceHistoryAsync(new DescribeSpotPriceHistoryRequest { MaxResults = 1 }, cancellationToken)),
    ];

    private static async Task<Permission> AskAsync(IAwsClients clients, string action, bool isNeeded, Func<Task> call)
    {
        try
        {
            await call();
            return new Permission(action, isNeeded, IsAllowed: true);
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, CancellationToken.None))
        {
            return AwsErrors.Classify(exception) switch
            {
                AwsErrorKind.AccessDenied => new Permission(action, isNeeded, IsAllowed: false),

                // What does not exist yet may be read.
                AwsErrorKind.NotFound => new Permission(action, isNeeded, IsAllowed: true),
                _ => throw AwsErrors.ToPipelineException(exception, $"trying {action}", clients.Connection),
            };
        }
    }

    /// <summary>The public part of a key in KMS, DER, and what the key is for. KMS gives that of an enabled key only.</summary>
    /// <param name="arn">ARN of the key, or of its alias.</param>
    /// <exception cref="PipelineException">There is none, it is disabled, or KMS refuses.</exception>
    public static async Task<(byte[] Public, string Usage)> SigningKeyAsync(IAwsClients clients, string arn, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await clients.KeysIn(arn.Split(':')[3]).GetPublicKeyAsync(new GetPublicKeyRequest { KeyId = arn }, cancellationToken);
            return (answer.PublicKey.ToArray(), answer.KeyUsage.Value);
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            throw AwsErrors.ToPipelineException(exception, $"reading the public part of the key {arn}", clients.Connection);
        }
    }

    private static async Task<T?> TryAsync<T>(Func<Task<T?>> read)
    {
        try
        {
            return await read();
        }
        catch (AmazonS3Exception exception) when (AwsErrors.Classify(exception) == AwsErrorKind.AccessDenied)
        {
            return default;
        }
    }
}
