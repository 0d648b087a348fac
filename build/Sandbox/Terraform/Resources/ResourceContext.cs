using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Logs;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.Terraform.Registry;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Schema;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Where a resource lives and what it can reach.</summary>
/// <param name="Provider">The configuration of the provider that it belongs to.</param>
internal sealed record ResourceContext(
    SandboxSettings Settings, AwsSchema Schema, AccountServices Services, ResourceRegistry Registry, TimeProvider Time,
    ProviderConfiguration Provider, string Region)
{
    public ObjectStore Store => Services.Objects;

    public LogStore Logs => Services.LogsIn(Region);

    public string Account => Settings.AccountId;

    public Partition Partition => Partition.From(Region);

    public string Arn(string service, string resource) => $"arn:{Partition.Name}:{service}:{Region}:{Account}:{resource}";

    /// <summary>An ARN of a service that has no regions.</summary>
    public string GlobalArn(string service, string resource) => $"arn:{Partition.Name}:{service}::{Account}:{resource}";

    /// <summary>Now, in the form that the provider gives times.</summary>
    public string Now() => Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A part of AWS that shares accounts, and how it names things.</summary>
internal sealed record Partition(string Name, string DnsSuffix, string ReverseDnsPrefix)
{
    public static Partition From(string region) => region switch
    {
        _ when region.StartsWith("cn-", StringComparison.Ordinal) => new("aws-cn", "amazonaws.com.cn", "cn.com.amazonaws"),
        _ when region.StartsWith("us-gov-", StringComparison.Ordinal) => new("aws-us-gov", "amazonaws.com", "com.amazonaws"),
        _ => new("aws", "amazonaws.com", "com.amazonaws"),
    };
}
