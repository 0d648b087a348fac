using Amazon.Runtime;
using BuildPipeline.Accounts;

namespace BuildPipeline.Aws;

/// <summary>Credentials of a role, which are replaced in time: a launch follows its job for days, and a session ends after an hour.</summary>
/// <remarks>The last third of a session is a reserve, 20 minutes of an hour: terraform cannot replace what it was given while it applies.</remarks>
/// <param name="source">Where sessions come from.</param>
/// <param name="time">The clock.</param>
public sealed class RoleSession(ISessionSource source, TimeProvider time) : AWSCredentials
{
    private const int ReserveParts = 3;
    private const int TriesInReserve = 10;

    private readonly Lock _gate = new();
    private Task<Session>? _current;

    /// <summary>When the session that is used now ends; null before there is one.</summary>
    public DateTimeOffset? EndsAt => _current is { IsCompletedSuccessfully: true } current ? current.Result.EndsAt : null;

    /// <summary>Gets the first session.</summary>
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
                    $"STS refuses the role {source.RoleArn}: {AwsErrors.MessageOf(exception)} It may not exist, or its trust policy may not name these credentials.",
                    exception)
                : AwsErrors.ToPipelineException(exception, $"assuming the role {source.RoleArn}", source.Connection);
        }
    }

    /// <inheritdoc/>
    public override ImmutableCredentials GetCredentials() => Task.Run(GetCredentialsAsync).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override async Task<ImmutableCredentials> GetCredentialsAsync() => (await CurrentAsync(CancellationToken.None)).Credentials;

    // Whoever asks while the role is being assumed waits for the same answer.
    private Task<Session> CurrentAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_current is null or { IsFaulted: true } or { IsCanceled: true })
            {
                _current = StartAsync(cancellationToken);
            }
            else if (_current.IsCompletedSuccessfully && _current.Result is var session && time.GetUtcNow() >= session.RenewFrom)
            {
                _current = RenewAsync(session, cancellationToken);
            }

            return _current;
        }
    }

    // Where STS cannot be asked now, the session is used to its end: a reserve is for that.
    private async Task<Session> RenewAsync(Session before, CancellationToken cancellationToken)
    {
        try
        {
            return await StartAsync(cancellationToken);
        }
        catch (Exception exception) when (before.EndsAt > time.GetUtcNow() && AwsErrors.IsAwsError(exception, cancellationToken))
        {
            return before with { RenewFrom = time.GetUtcNow() + (before.Reserve / TriesInReserve) };
        }
    }

    private async Task<Session> StartAsync(CancellationToken cancellationToken)
    {
        var asked = time.GetUtcNow();
        var given = await source.AskAsync(cancellationToken);
        var end = SdkTime.ToUtc(given.Expiration) ?? asked;
        var reserve = (end - asked) / ReserveParts;
        return new(new ImmutableCredentials(given.AccessKeyId, given.SecretAccessKey, given.SessionToken), end - reserve, end, reserve);
    }

    private sealed record Session(ImmutableCredentials Credentials, DateTimeOffset RenewFrom, DateTimeOffset EndsAt, TimeSpan Reserve);
}
