using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.SecurityToken.Model;
using BuildPipeline.Accounts;

namespace BuildPipeline.Aws;

/// <summary>A role that GitHub's identity of a workflow job assumes. Each session needs a new token: one lives for minutes.</summary>
/// <param name="sts">Clients without credentials.</param>
/// <param name="identity">The identity.</param>
/// <param name="http">Reaches GitHub.</param>
public sealed class GitHubRole(IAwsClients sts, GitHubIdentity identity, HttpClient http) : ISessionSource
{
    /// <inheritdoc/>
    public string RoleArn => identity.RoleArn;

    /// <inheritdoc/>
    public AwsConnection Connection => sts.Connection;

    /// <inheritdoc/>
    public async Task<Credentials> AskAsync(CancellationToken cancellationToken)
    {
        var request = new AssumeRoleWithWebIdentityRequest
        {
            RoleArn = identity.RoleArn,
            RoleSessionName = identity.SessionName,
            WebIdentityToken = await TokenAsync(cancellationToken),
        };
        return (await sts.SecurityToken.AssumeRoleWithWebIdentityAsync(request, cancellationToken)).Credentials;
    }

    private async Task<string> TokenAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, identity.TokenAddress);
        request.Headers.Authorization = new AuthenticationHeaderValue("bearer", identity.RequestToken);
        using var response = await http.SendAsync(request, cancellationToken);
        if (response.StatusCode is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError)
        {
            throw new AmazonClientException($"GitHub gave no identity token for credentials: HTTP {(int)response.StatusCode}");
        }

        response.EnsureSuccessStatusCode();
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        return answer.RootElement.GetProperty("value").GetString()!;
    }
}
