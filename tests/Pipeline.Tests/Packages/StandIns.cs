using Amazon.CloudWatch;
using Amazon.SageMaker;
using Amazon.ServiceQuotas;
using Cake.Frosting;
using Cake.Terraform;

namespace BuildPipeline.Pipeline.Tests.Packages;

/// <summary>A type of each package that has a stand-in.</summary>
public static class StandIns
{
    public static TheoryData<Type> All => [.. Called, typeof(AmazonCloudWatchClient)];

    /// <summary>Those that the pipeline calls; the client of CloudWatch is made and not called yet.</summary>
    public static TheoryData<Type> Called =>
        [typeof(AmazonSageMakerClient), typeof(Amazon.CloudWatchLogs.AmazonCloudWatchLogsClient), typeof(AmazonServiceQuotasClient), typeof(CakeHost), typeof(TerraformAliases)];
}
