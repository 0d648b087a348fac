using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Logs;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>The services of the sandbox in which resources become real.</summary>
internal sealed class AccountServices(ObjectStore objects, PerRegion<LogStore> logs, IEnumerable<IAwsService> services)
{
    public ObjectStore Objects => objects;

    /// <summary>The log groups of a region.</summary>
    public LogStore LogsIn(string region) => logs.In(region);

    /// <summary>Calls an operation of SageMaker, under the rules that hold for every client.</summary>
    /// <exception cref="AwsError">SageMaker refuses it.</exception>
    public async Task<JsonObject> CallSageMakerAsync(string operation, JsonObject input, string region) =>
        await services.OfType<IAwsApi>().Single(service => service.SigningName == "sagemaker").CallAsync(operation, new AwsCall(input, region)) ?? [];
}
