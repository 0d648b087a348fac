using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Terraform.Registry;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Schema;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Makes the context of a resource or data source from what it says of itself and from its provider.</summary>
internal sealed class ResourceContexts(
    SandboxSettings settings, AwsSchema schema, AccountServices services, ResourceRegistry registry, TimeProvider time)
{
    public ResourceContext Of(MapValue content, ProviderConfiguration provider) => new(
        settings, schema, services, registry, time, provider,
        content.Text("region") ?? (provider.Region as StringValue)?.Text ?? settings.Region);
}
