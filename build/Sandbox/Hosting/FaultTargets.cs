using BuildPipeline.Sandbox.Faults;
using BuildPipeline.Sandbox.Mlflow;
using BuildPipeline.Sandbox.Models;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Schema;

namespace BuildPipeline.Sandbox.Hosting;

/// <summary>The services that faults can be planned for, with the names of their operations.</summary>
internal static class FaultTargets
{
    public static FaultRules RulesOf(IServiceProvider provider)
    {
        var mlflow = Names(MlflowApi.Operations.Keys.Select(known => known.Operation));
        var schema = provider.GetRequiredService<AwsSchema>();
        var targets = new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal)
        {
            ["mlflow"] = mlflow,
            ["sagemaker-mlflow"] = mlflow,
            ["terraform"] = Names(schema.Resources.Keys.Concat(schema.DataSources.Keys)),
            ["github"] = Names(provider.GetRequiredService<EndpointDataSource>().Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName).OfType<string>()),
        };
        foreach (var name in provider.GetServices<IAwsService>().Select(service => service.SigningName).Where(name => !targets.ContainsKey(name)))
        {
            targets[name] = Names(ServiceModels.All[ModelOf(name)].Operations.Keys);
        }

        return new FaultRules(targets);
    }

    /// <summary>Name of the service's model.</summary>
    public static string ModelOf(string signingName) => signingName switch
    {
        "monitoring" => "cloudwatch",
        "servicequotas" => "service-quotas",
        _ => signingName,
    };

    private static HashSet<string> Names(IEnumerable<string> names) => names.ToHashSet(StringComparer.Ordinal);
}
