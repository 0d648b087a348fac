using Amazon;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Util;
using Amazon.SageMaker;

namespace BuildPipeline.Accounts;

/// <summary>Signs requests to services that the project has no client for, with version 4, by the AWS SDK.</summary>
public static class RequestSigner
{
    /// <summary>Signs a request with the connection's credentials.</summary>
    /// <param name="request">Gets the headers of the signature.</param>
    /// <param name="body">The request's body.</param>
    /// <param name="connection">Has region and credentials.</param>
    /// <param name="service">The service's signing name.</param>
    /// <param name="headers">Further headers, which are signed too.</param>
    public static async Task SignAsync(HttpRequestMessage request, byte[] body, AwsConnection connection, string service, params IEnumerable<(string Name, string Value)> headers)
    {
        var config = new AmazonSageMakerConfig { RegionEndpoint = RegionEndpoint.GetBySystemName(connection.Region) };
        var credentials = await connection.Credentials.GetCredentialsAsync();
        var signed = Copy(request, body, connection.Region, service);
        foreach (var (name, value) in headers)
        {
            signed.Headers[name] = value;
        }

        if (credentials.UseToken)
        {
            signed.Headers["X-Amz-Security-Token"] = credentials.Token;
        }

        var signature = new AWS4Signer().SignRequest(signed, config, new RequestMetrics(), credentials.AccessKey, credentials.SecretKey);
        signed.Headers["Authorization"] = signature.ForAuthorizationHeader;
        foreach (var (name, value) in signed.Headers.Where(header => header.Key is not ("Host" or "host" or "Content-Type")))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    // The request as the SDK's signer takes it.
    private static DefaultRequest Copy(HttpRequestMessage request, byte[] body, string region, string service)
    {
        var copy = new DefaultRequest(new SigningRequest(), service)
        {
            HttpMethod = request.Method.Method,
            Endpoint = new Uri(request.RequestUri!.GetLeftPart(UriPartial.Authority)),
            ResourcePath = request.RequestUri.AbsolutePath,
            Content = body,
            OverrideSigningServiceName = service,
            AuthenticationRegion = region,
            UseQueryString = request.Method == HttpMethod.Get,
        };
        foreach (var parameter in request.RequestUri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2)))
        {
            copy.Parameters[Uri.UnescapeDataString(parameter[0])] = Uri.UnescapeDataString(parameter[1]);
        }

        return copy;
    }

    private sealed class SigningRequest : Amazon.Runtime.AmazonWebServiceRequest;
}
