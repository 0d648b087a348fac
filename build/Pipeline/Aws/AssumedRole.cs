using Amazon.Runtime;
using Amazon.SecurityToken.Model;
using BuildPipeline.Accounts;

namespace BuildPipeline.Aws;

/// <summary>A role that other credentials assume.</summary>
/// <param name="source">Clients with those credentials.</param>
/// <param name="arn">The role.</param>
/// <param name="sessionName">Name of its sessions, by which CloudTrail shows them.</param>
/// <param name="tags">Tags of its sessions, where its trust policy allows them.</param>
public sealed class AssumedRole(IAwsClients source, string arn, string sessionName, IReadOnlyDictionary<string, string> tags) : ISessionSource
{
    private bool _isTagged = tags.Count > 0;

    /// <inheritdoc/>
    public string RoleArn => arn;

    /// <inheritdoc/>
    public AwsConnection Connection => source.Connection;

    // STS refuses tags that the trust policy does not allow in the same words as the role itself, so it is asked again without them.
    /// <inheritdoc/>
    public async Task<Credentials> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await AssumeAsync(cancellationToken);
        }
        catch (AmazonServiceException exception) when (_isTagged && AwsErrors.Classify(exception) == AwsErrorKind.AccessDenied)
        {
            _isTagged = false;
            return await AssumeAsync(cancellationToken);
        }
    }

    private async Task<Credentials> AssumeAsync(CancellationToken cancellationToken)
    {
        var request = new AssumeRoleRequest
        {
            RoleArn = arn,
            RoleSessionName = sessionName,
            Tags = _isTagged ? [.. tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => new Tag { Key = tag.Key, Value = tag.Value })] : null,
        };
        return (await source.SecurityToken.AssumeRoleAsync(request, cancellationToken)).Credentials;
    }
}
