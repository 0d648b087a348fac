using Amazon.Runtime;
using Amazon.SecurityToken.Model;
using BuildPipeline.Accounts;

namespace BuildPipeline.Aws;

/// <summary>A role to assume.</summary>
/// <param name="Arn">Its ARN.</param>
/// <param name="SessionName">Name of the session, by which CloudTrail shows it.</param>
/// <param name="Tags">Tags of the session, where the role's trust policy allows them.</param>
public sealed record AssumedRole(string Arn, string SessionName, IReadOnlyDictionary<string, string> Tags);

/// <summary>Credentials of an assumed role, which are replaced in time: a launch follows its job for days, and a session ends after an hour.</summary>
/// <param name="source">Clients with the credentials that assume the role.</param>
/// <param name="role">The role.</param>
/// <param name="time">The clock.</param>
public sealed class RoleSession(IAwsClients source, AssumedRole role, TimeProvider time) : AWSCredentials
{
    /// <summary>What a session has left at least when it is given to somebody: terraform cannot replace it while it applies.</summary>
    public static readonly TimeSpan Reserve = TimeSpan.FromMinutes(20);

    private readonly Lock _gate = new();
    private Task<Credentials>? _current;
    private bool _isTagged = role.Tags.Count > 0;

    /// <summary>Assumes the role for the first time.</summary>
    /// <exception cref="PipelineException">STS refuses (exit code 2), the credentials are missing or expired, or STS does not answer.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CurrentAsync(cancellationToken);
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            throw AwsErrors.Classify(exception) is AwsErrorKind.AccessDenied or AwsErrorKind.Invalid
                ? new PipelineException(
                    AccountErrors.RoleNotAssumed,
                    $"--assume-role={role.Arn}: STS refuses the role: {AwsErrors.MessageOf(exception)} It may not exist, or its trust policy may not name these credentials.",
                    exception)
                : AwsErrors.ToPipelineException(exception, $"assuming the role {role.Arn}", source.Connection);
        }
    }

    /// <inheritdoc/>
    public override ImmutableCredentials GetCredentials() => Task.Run(GetCredentialsAsync).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override async Task<ImmutableCredentials> GetCredentialsAsync()
    {
        var current = await CurrentAsync(CancellationToken.None);
        return new ImmutableCredentials(current.AccessKeyId, current.SecretAccessKey, current.SessionToken);
    }

    // Whoever asks while the role is being assumed waits for the same answer.
    private Task<Credentials> CurrentAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_current is null or { IsFaulted: true } or { IsCanceled: true } || (_current.IsCompletedSuccessfully && EndOf(_current.Result) - time.GetUtcNow() < Reserve))
            {
                _current = AssumeAsync(cancellationToken);
            }

            return _current;
        }
    }

    // STS refuses tags that the trust policy does not allow in the same words as the role itself, so it is asked again without them.
    private async Task<Credentials> AssumeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(cancellationToken);
        }
        catch (AmazonServiceException exception) when (_isTagged && AwsErrors.Classify(exception) == AwsErrorKind.AccessDenied)
        {
            _isTagged = false;
            return await AskAsync(cancellationToken);
        }
    }

    private async Task<Credentials> AskAsync(CancellationToken cancellationToken)
    {
        var request = new AssumeRoleRequest
        {
            RoleArn = role.Arn,
            RoleSessionName = role.SessionName,
            Tags = _isTagged ? [.. role.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => new Tag { Key = tag.Key, Value = tag.Value })] : null,
        };
        return (await source.SecurityToken.AssumeRoleAsync(request, cancellationToken)).Credentials;
    }

    private static DateTimeOffset EndOf(Credentials credentials) =>
        credentials.Expiration is { } end ? new DateTimeOffset(end.ToUniversalTime()) : DateTimeOffset.MinValue;
}
