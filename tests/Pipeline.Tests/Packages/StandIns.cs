using Amazon.CloudWatch;
using Amazon.IdentityManagement;
using Amazon.SageMaker;
using Amazon.ServiceQuotas;
using Cake.Frosting;
using Cake.Terraform;

namespace BuildPipeline.Pipeline.Tests.Packages;

/// <summary>A type of each package that has a stand-in.</summary>
public static class StandIns
{
    public static TheoryData<Type> All =>
        [typeof(AmazonSageMakerClient), typeof(AmazonCloudWatchClient), typeof(Amazon.CloudWatchLogs.AmazonCloudWatchLogsClient), typeof(AmazonServiceQuotasClient), typeof(AmazonIdentityManagementServiceClient), typeof(CakeHost), typeof(TerraformAliases)];
}
