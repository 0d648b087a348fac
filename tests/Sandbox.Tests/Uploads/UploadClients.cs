using Amazon.CloudWatch;
using Amazon.CloudWatchLogs;
using Amazon.EC2;
using Amazon.IdentityManagement;
using Amazon.KeyManagementService;
using Amazon.S3;
using Amazon.SageMaker;
using Amazon.SecurityToken;
using Amazon.ServiceQuotas;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Jobs;
using BuildPipeline.Uploads;

namespace BuildPipeline.Sandbox.Tests.Uploads;

/// <summary>An account of which only S3 is used.</summary>
internal sealed class UploadClients(IAmazonS3 s3, Uri address) : IAwsClients
{
    public AwsConnection Connection => new SandboxConnection("us-east-1", address);

    public IAmazonS3 S3 => s3;

    public IAmazonS3 Uploads => s3;

    public IAmazonSageMaker SageMaker => throw new NotSupportedException();

    public IAmazonCloudWatchLogs Logs => throw new NotSupportedException();

    public IAmazonCloudWatch CloudWatch => throw new NotSupportedException();

    public IAmazonEC2 Ec2 => throw new NotSupportedException();

    public IAmazonSecurityTokenService SecurityToken => throw new NotSupportedException();

    public IAmazonServiceQuotas ServiceQuotas => throw new NotSupportedException();

    public IAmazonIdentityManagementService IdentityManagement => throw new NotSupportedException();

    public IAmazonKeyManagementService KeysIn(string region) => throw new NotSupportedException();

    public Task<CallerIdentity> CheckCredentialsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Uploads program and data of a folder as a first launch does.</summary>
    /// <param name="bucket">The artifact bucket.</param>
    /// <param name="folder">It has folders <c>training</c> and <c>data</c>.</param>
    public async Task<IReadOnlyList<InputChannel>> UploadAsync(string bucket, string folder)
    {
        var job = new TrainingJobSpec
        {
            Name = "upload", Region = "us-east-1", Environment = "sandbox", Team = "research", TrainingImageUri = "sandbox/builtin", InstanceType = "ml.g5.xlarge",
            InstanceCount = 1, VolumeSizeGb = 50, MaxRuntimeSeconds = 60, UseSpotInstances = true, TrainingDataUri = "data", ArtifactBucket = bucket,
            ArtifactPrefix = "runs", LogGroupName = "/aws/sagemaker/TrainingJobs",
        };
        var program = await SourceBundle.ReadAsync(Path.Combine(folder, "training"), default);
        var data = await TrainingData.InspectAsync(job, folder, default);
        return await new TrainingUploads(this).UploadAsync(job, program, data, new TransferProgress(TimeProvider.System), default);
    }
}
