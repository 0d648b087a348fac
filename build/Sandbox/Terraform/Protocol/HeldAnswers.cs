using BuildPipeline.Sandbox.Faults;
using BuildPipeline.Sandbox.Terraform.Rules;

namespace BuildPipeline.Sandbox.Terraform.Protocol;

/// <summary>Planned faults of the provider: answers that terraform waits for until it is interrupted or killed.</summary>
/// <remarks>
/// A fault's service is <c>terraform</c> and its operation the resource's type, for example <c>aws_iam_role</c>. An interrupt belongs
/// to the connection and lasts: terraform may still start a change after it has called Stop, and the real provider ends that at once.
/// </remarks>
internal sealed class HeldAnswers(FaultPlan faults)
{
    /// <summary>Uses up the next fault of a type; null if none is planned.</summary>
    public FaultKind? Take(string type) => faults.Take("terraform", type)?.Kind;

    /// <summary>Waits until terraform is interrupted (it then calls Stop) or gone.</summary>
    /// <param name="type">The resource's type.</param>
    /// <param name="connection">What the connection keeps; see <see cref="ConnectionItems"/>.</param>
    /// <param name="gone">Cancelled when the call ends.</param>
    /// <exception cref="ResourceError">It was interrupted, now or before.</exception>
    public static async Task WaitAsync(string type, IDictionary<object, object?> connection, CancellationToken gone)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(StopOf(connection).Token, gone);
        try
        {
            await Task.Delay(Timeout.Infinite, either.Token);
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            throw new ResourceError($"creating {type}", "context canceled");
        }
    }

    /// <summary>Terraform was interrupted: what is held on its connection ends now, and what would be held later is not.</summary>
    public static void Stop(IDictionary<object, object?> connection) => StopOf(connection).Cancel();

    /// <summary>Cancelled as soon as terraform is interrupted.</summary>
    public static CancellationToken Interruption(IDictionary<object, object?> connection) => StopOf(connection).Token;

    private static CancellationTokenSource StopOf(IDictionary<object, object?> connection)
    {
        lock (connection)
        {
            if (connection.TryGetValue(typeof(HeldAnswers), out var found))
            {
                return (CancellationTokenSource)found!;
            }

            var stop = new CancellationTokenSource();
            connection[typeof(HeldAnswers)] = stop;
            return stop;
        }
    }
}
