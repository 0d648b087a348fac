using BuildPipeline.Accounts;
using BuildPipeline.Freezes;

namespace BuildPipeline.Tasks;

/// <summary>What has to hold when a step starts that spends: no freeze, and credentials that last.</summary>
public sealed class SpendCheck(PipelineCall call, IAccount account, SpendGate gate)
{
    /// <summary>Refuses where a freeze holds, or the credentials end too soon.</summary>
    /// <exception cref="PipelineException">Spending is frozen (exit code 3), or the credentials end too soon (75).</exception>
    public Task RequireAsync(CancellationToken cancellationToken)
    {
        RequireCredentials();
        return gate.RequireOpenAsync(call.Run.Job!.Team, call.Run.RunId, cancellationToken);
    }

    /// <summary>Refuses where the credentials end too soon and nothing renews them.</summary>
    /// <exception cref="PipelineException">They do (exit code 75).</exception>
    public void RequireCredentials()
    {
        if (account.CredentialsEndAt is { } end && end - call.Time.GetUtcNow() is var left && left < account.PollingOptions.CredentialReserve)
        {
            throw new PipelineException(
                AccountErrors.ShortCredentials,
                $"The AWS credentials {(left > TimeSpan.Zero ? "end" : "ended")} at {end:u}, and nothing renews them. The next step of run {call.Run.RunId} needs {account.PollingOptions.CredentialReserve.InWords()}. Nothing of it was done. Get new credentials, then continue with:\n  {call.Hints.For(call.Options.Target!, $"--run={call.Run.RunId}")}");
        }
    }
}
