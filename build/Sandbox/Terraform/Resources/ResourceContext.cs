using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Logs;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.Terraform.Permissions;
using BuildPipeline.Sandbox.Terraform.Registry;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Schema;
using BuildPipeline.Sandbox.Terraform.Values;

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

    /// <summary>What terraform wants of a resource here, as the permissions read it.</summary>
    public ResourceRequest Request(MapValue? prior, MapValue state) => new(prior, state, Region, Account);

    public string Arn(string service, string resource) => Settings.Arn(service, Region, resource);

    /// <summary>An ARN of a service that has no regions.</summary>
    public string GlobalArn(string service, string resource) => $"arn:{Partition.Name}:{service}::{Account}:{resource}";

    /// <summary>Now, in the form that the provider gives times.</summary>
    public string Now() => Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
