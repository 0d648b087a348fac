#nullable enable
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Endpoints.StandardLibrary;

namespace Amazon.Bundled;

/// <summary>The one host that IAM has in each partition, or the endpoint that the configuration names.</summary>
internal sealed class GlobalEndpointProvider : IEndpointProvider
{
    public Endpoint ResolveEndpoint(EndpointParameters parameters)
    {
        if (parameters["Endpoint"] is string configured)
        {
            return new Endpoint(configured);
        }

        // The host is the same for every region of a partition.
        var region = parameters["Region"] as string ?? "us-east-1";
        var partition = Fn.Partition(region);
        return new Endpoint(partition.name switch
        {
            "aws" when parameters["UseFIPS"] is true => "https://iam-fips.amazonaws.com",
            "aws" => "https://iam.amazonaws.com",
            "aws-cn" => "https://iam.cn-north-1.amazonaws.com.cn",
            "aws-us-gov" => "https://iam.us-gov.amazonaws.com",
            _ => $"https://iam.{region}.{partition.dnsSuffix}",
        });
    }

    /// <summary>The region that requests to that host are signed for.</summary>
    public static string SigningRegion(string region) => Fn.Partition(region).name switch
    {
        "aws" => "us-east-1",
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        _ => region,
    };
}

internal sealed class GlobalEndpointResolver : BaseEndpointResolver
{
    protected override EndpointParameters MapEndpointsParameters(IRequestContext requestContext) =>
        JsonEndpointResolver.Parameters(requestContext.ClientConfig, requestContext.Request.AlternateEndpoint);

    protected override void ServiceSpecificHandler(IExecutionContext executionContext, EndpointParameters parameters)
    {
        var context = executionContext.RequestContext;
        context.Request.AuthenticationRegion ??=
            context.ClientConfig.AuthenticationRegion ?? GlobalEndpointProvider.SigningRegion(parameters["Region"] as string ?? "us-east-1");
    }
}
