#nullable enable
using System.Net;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Util.Internal;

namespace Amazon.Bundled;

/// <summary>What an error answer says.</summary>
internal sealed record ServiceError(
    string Message, Exception Inner, ErrorType Type, string Code, string RequestId, HttpStatusCode Status);

/// <summary>What the shared machinery has to know about a service that speaks AWS JSON.</summary>
internal sealed record JsonService
{
    /// <summary>Names the service in AWS_ENDPOINT_URL_X, in profiles and in the user agent.</summary>
    public required string Id { get; init; }

    public required string ApiVersion { get; init; }

    /// <summary>The service in a signature's credential scope.</summary>
    public required string SigningName { get; init; }

    /// <summary>First labels of the service's host name.</summary>
    public required string HostPrefix { get; init; }

    /// <summary>First labels of the host name in the commercial and GovCloud partitions, where FIPS is asked for.</summary>
    public required Func<string, string> FipsHostPrefix { get; init; }

    /// <summary>What comes before the operation's name in the header X-Amz-Target.</summary>
    public required string TargetPrefix { get; init; }

    public required string ContentType { get; init; }

    public required JsonSerializerOptions Json { get; init; }

    /// <summary>Typed exceptions by error code.</summary>
    public required IReadOnlyDictionary<string, Func<ServiceError, AmazonServiceException>> Errors { get; init; }

    /// <summary>The service's base exception, for every other code.</summary>
    public required Func<ServiceError, AmazonServiceException> OtherError { get; init; }

    public string UserAgent => InternalSDKUtils.BuildUserAgentString(Id, "4.0.bundled");

    /// <summary>The same defaults in every defaults mode: standard retries, the HTTP handler's own timeouts.</summary>
    public static DefaultConfigurationProvider DefaultConfigurations() =>
        new(Enum.GetValues<DefaultConfigurationMode>()
            .Select(mode => (IDefaultConfiguration)new DefaultConfiguration { Name = mode, RetryMode = RequestRetryMode.Standard })
            .ToList());

    /// <summary>Where an operation goes, asked by the public <c>DetermineServiceOperationEndpoint</c>.</summary>
    public static Endpoint DetermineEndpoint(IClientConfig config, RegionEndpoint? alternate) =>
        config.EndpointProvider.ResolveEndpoint(JsonEndpointResolver.Parameters(config, alternate));

    public static void CustomizePipeline(RuntimePipeline pipeline)
    {
        pipeline.RemoveHandler<EndpointResolver>();
        pipeline.AddHandlerAfter<Marshaller>(new JsonEndpointResolver());
        pipeline.AddHandlerAfter<Marshaller>(new SigV4AuthResolver());
    }

    public InvokeOptions Operation<TResponse>(string name)
        where TResponse : AmazonWebServiceResponse, new() =>
        new()
        {
            RequestMarshaller = new JsonMarshaller(this, name),
            ResponseUnmarshaller = new JsonUnmarshaller<TResponse>(this),
        };
}
