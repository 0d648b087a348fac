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

namespace BuildPipeline.Aws;

/// <summary>The AWS clients of one run, each made on its first use.</summary>
public interface IAwsClients
{
    /// <summary>Where they connect to.</summary>
    AwsConnection Connection { get; }

    /// <summary>S3, whose answers start within a minute.</summary>
    IAmazonS3 S3 { get; }

    /// <summary>S3 for files of any size, without that limit.</summary>
    IAmazonS3 Uploads { get; }

    /// <summary>SageMaker.</summary>
    IAmazonSageMaker SageMaker { get; }

    /// <summary>CloudWatch Logs.</summary>
    IAmazonCloudWatchLogs Logs { get; }

    /// <summary>CloudWatch metrics.</summary>
    IAmazonCloudWatch CloudWatch { get; }

    /// <summary>EC2.</summary>
    IAmazonEC2 Ec2 { get; }

    /// <summary>STS.</summary>
    IAmazonSecurityTokenService SecurityToken { get; }

    /// <summary>Service Quotas.</summary>
    IAmazonServiceQuotas ServiceQuotas { get; }

    /// <summary>IAM.</summary>
    IAmazonIdentityManagementService IdentityManagement { get; }

    /// <summary>KMS in a region: a key may be in another one than the job.</summary>
    IAmazonKeyManagementService KeysIn(string region);

    /// <summary>Asks AWS who the credentials belong to, before anything is started with them.</summary>
    /// <exception cref="PipelineException">No credentials, expired or refused ones, or no answer from the endpoint.</exception>
    Task<CallerIdentity> CheckCredentialsAsync(CancellationToken cancellationToken);
}

/// <summary>Who the credentials belong to.</summary>
/// <param name="Account">AWS account, twelve digits.</param>
/// <param name="Arn">The user's or the role session's ARN.</param>
public sealed record CallerIdentity(string Account, string Arn);
