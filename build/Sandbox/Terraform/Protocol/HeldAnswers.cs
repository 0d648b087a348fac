using BuildPipeline.Sandbox.Faults;
using BuildPipeline.Sandbox.Terraform.Rules;

namespace BuildPipeline.Sandbox.Terraform.Protocol;

/// <summary>Planned faults of the provider: answers that terraform waits for until it is interrupted or killed.</summary>
/// <remarks>A fault's service is <c>terraform</c> and its operation the resource's type, for example <c>aws_iam_role</c>.</remarks>
internal sealed class HeldAnswers(FaultPlan faults) : IDisposable
{
    private CancellationTokenSource _stop = new();

    /// <summary>Uses up the next fault of a type; null where none is planned.</summary>
    public FaultKind? Take(string type) => faults.Take("terraform", type)?.Kind;

    /// <summary>Waits until terraform is interrupted (it then calls Stop) or gone.</summary>
    /// <exception cref="ResourceError">It was interrupted.</exception>
    public async Task WaitAsync(string type, CancellationToken gone)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, gone);
        try
        {
            await Task.Delay(Timeout.Infinite, either.Token);
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            throw new ResourceError($"creating {type}", "context canceled");
        }
    }

    /// <summary>Terraform was interrupted: what is held ends now.</summary>
    public void Stop() => Interlocked.Exchange(ref _stop, new CancellationTokenSource()).Cancel();

    public void Dispose() => _stop.Dispose();
}
