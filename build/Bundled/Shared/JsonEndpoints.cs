#nullable enable
using Amazon.Runtime;
using Amazon.Runtime.Credentials.Internal;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Endpoints.StandardLibrary;

namespace Amazon.Bundled;

/// <summary>The host of a regional service, or the endpoint that the configuration names.</summary>
internal sealed class JsonEndpointProvider(JsonService service) : IEndpointProvider
{
    public Endpoint ResolveEndpoint(EndpointParameters parameters)
    {
        if (parameters["Endpoint"] is string configured)
        {
            return new Endpoint(configured);
        }

        if (parameters["Region"] is not string region)
        {
            throw new AmazonClientException($"{service.Id}: no region is configured; set AWS_REGION or the profile's region.");
        }

        var partition = Fn.Partition(region);
        var dualStack = parameters["UseDualStack"] is true;
        var prefix = parameters["UseFIPS"] is true ? service.FipsHostPrefix(partition.name) : service.HostPrefix;
        return new Endpoint($"https://{prefix}.{region}.{(dualStack ? partition.dualStackDnsSuffix : partition.dnsSuffix)}");
    }
}

internal sealed class JsonEndpointResolver : BaseEndpointResolver
{
    public static EndpointParameters Parameters(IClientConfig config, RegionEndpoint? alternate) =>
        new()
        {
            ["Region"] = (alternate ?? config.RegionEndpoint)?.SystemName,
            ["UseDualStack"] = config.UseDualstackEndpoint,
            ["UseFIPS"] = config.UseFIPSEndpoint,
            ["Endpoint"] = config.ServiceURL,
        };

    protected override EndpointParameters MapEndpointsParameters(IRequestContext requestContext) =>
        Parameters(requestContext.ClientConfig, requestContext.Request.AlternateEndpoint);

    protected override void ServiceSpecificHandler(IExecutionContext executionContext, EndpointParameters parameters)
    {
        // The host of a configured endpoint says nothing about the region, and the signer would take its default.
        var context = executionContext.RequestContext;
        context.Request.AuthenticationRegion ??= context.ClientConfig.AuthenticationRegion ?? parameters["Region"] as string;
    }
}

internal sealed class SigV4AuthResolver : BaseAuthResolverHandler
{
    protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext) =>
        [new AuthSchemeOption { SchemeId = "aws.auth#sigv4" }];
}
