using Amazon;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Util;
using Amazon.SageMaker;
using BuildPipeline.Accounts;

namespace BuildPipeline.Tracking;

/// <summary>SageMaker's managed MLflow: the same API, each request signed with version 4 by the AWS SDK.</summary>
/// <param name="server">The server.</param>
/// <param name="account">The account; its credentials sign.</param>
public sealed class ManagedMlflowAccess(ManagedMlflow server, IAccount account) : IMlflowAccess
{
    /// <inheritdoc/>
    public string Name => server.Arn;

    /// <inheritdoc/>
    public Uri Root => account.In(server.Region).Endpoint ?? server.Endpoint;

    /// <inheritdoc/>
    public string LoginHint => "Allow the credentials of this process the actions sagemaker-mlflow:* on the server.";

    /// <inheritdoc/>
    public string? PageOf(string experimentId, string runId) => null;

    /// <inheritdoc/>
    public async Task AuthorizeAsync(HttpRequestMessage request, byte[] body, CancellationToken cancellationToken)
    {
        var config = new AmazonSageMakerConfig { RegionEndpoint = RegionEndpoint.GetBySystemName(server.Region) };
        var credentials = await account.In(server.Region).Credentials.GetCredentialsAsync();
        var signed = Copy(request, body);
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
    private DefaultRequest Copy(HttpRequestMessage request, byte[] body)
    {
        var copy = new DefaultRequest(new SigningRequest(), server.SigningName)
        {
            HttpMethod = request.Method.Method,
            Endpoint = new Uri(request.RequestUri!.GetLeftPart(UriPartial.Authority)),
            ResourcePath = request.RequestUri.AbsolutePath,
            Content = body,
            OverrideSigningServiceName = server.SigningName,
            AuthenticationRegion = server.Region,
            UseQueryString = request.Method == HttpMethod.Get,
        };
        foreach (var parameter in request.RequestUri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2)))
        {
            copy.Parameters[Uri.UnescapeDataString(parameter[0])] = Uri.UnescapeDataString(parameter[1]);
        }

        copy.Headers[server.ArnHeader] = server.Arn;
        return copy;
    }

    private sealed class SigningRequest : Amazon.Runtime.AmazonWebServiceRequest;
}
