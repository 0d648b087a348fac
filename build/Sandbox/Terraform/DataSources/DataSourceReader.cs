using BuildPipeline.Sandbox.Terraform.Permissions;
using BuildPipeline.Sandbox.Terraform.Resources;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Schema;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.DataSources;

/// <summary>Reads a data source; what it leaves null stays null.</summary>
internal delegate MapValue DataSource(MapValue config, ResourceContext context);

/// <summary>Reads a data source from a service.</summary>
internal delegate Task<MapValue> ServiceDataSource(MapValue config, ResourceContext context);

/// <summary>Answers data sources from what terraform created and from fixed facts of the sandbox.</summary>
internal sealed class DataSourceReader(AwsSchema schema, ResourceContexts contexts, ProviderPermissions permissions)
{
    private static readonly Dictionary<string, DataSource> Sources = new()
    {
        ["aws_availability_zones"] = AccountSources.AvailabilityZones,
        ["aws_caller_identity"] = AccountSources.CallerIdentity,
        ["aws_partition"] = AccountSources.Partition,
        ["aws_region"] = AccountSources.Region,
        ["aws_service_principal"] = AccountSources.ServicePrincipal,
        ["aws_servicequotas_service_quota"] = AccountSources.ServiceQuota,
        ["aws_ssm_parameter"] = AccountSources.Parameter,
        ["aws_sagemaker_prebuilt_ecr_image"] = AccountSources.PrebuiltImage,
        ["aws_iam_policy_document"] = PolicyDocumentSource.Read,
        ["aws_kms_key"] = ResourceSources.Key,
        ["aws_s3_bucket"] = ResourceSources.Bucket,
        ["aws_subnet"] = NetworkSources.Subnet,
        ["aws_subnets"] = NetworkSources.Subnets,
        ["aws_vpc"] = NetworkSources.Vpc,
        ["aws_vpc_endpoint_service"] = NetworkSources.EndpointService,
    };

    private static readonly Dictionary<string, ServiceDataSource> ServiceSources = new()
    {
        ["aws_iam_role"] = ResourceSources.RoleAsync,
        ["aws_iam_session_context"] = ResourceSources.SessionContextAsync,
    };

    private static readonly Dictionary<string, ConfigRule[]> Rules = new()
    {
        ["aws_iam_policy_document"] =
        [
            Checks.OneOf("version", "2008-10-17", "2012-10-17"),
            Checks.OneOf("statement.effect", "Allow", "Deny"),
            new AttributeRule("override_policy_documents", PolicyDocumentSource.ListFault),
            new AttributeRule("source_policy_documents", PolicyDocumentSource.ListFault),
        ],
        ["aws_availability_zones"] = [Checks.OneOf("state", "available", "information", "impaired", "unavailable")],
        ["aws_iam_session_context"] = [Checks.Arn("arn")],
    };

    public static IEnumerable<ResourceError> Validate(string type, MapValue config) =>
        Rules.GetValueOrDefault(type, []).SelectMany(rule => rule.Check(config));

    /// <exception cref="ResourceError">There is none, or more than one.</exception>
    public async Task<MapValue> ReadAsync(string type, MapValue config, ProviderConfiguration provider)
    {
        var context = contexts.Of(config, provider);
        var state = schema.DataSources[type].Attributes.ContainsKey("region") ? config.With("region", context.Region) : config;
        permissions.RequireSource(provider.Session, type, context.Request(prior: null, state));
        return ServiceSources.TryGetValue(type, out var source) ? await source(state, context) : Sources[type](state, context);
    }
}
