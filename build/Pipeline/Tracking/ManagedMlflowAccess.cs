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
    public Task AuthorizeAsync(HttpRequestMessage request, byte[] body, CancellationToken cancellationToken) =>
        RequestSigner.SignAsync(request, body, account.In(server.Region), server.SigningName, (server.ArnHeader, server.Arn));
}
