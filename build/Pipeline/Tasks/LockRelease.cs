using BuildPipeline.Cli;
using BuildPipeline.Terraform;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Releases a state lock that <c>--release-lock</c> names, or asks at the terminal where the owner is known to be gone.</summary>
public sealed class LockRelease(PipelineOptions options, CommandHints hints, IAnsiConsole console, TimeProvider time) : ILockRelease
{
    /// <inheritdoc/>
    public string? RequestedId => options.ReleaseLock;

    /// <inheritdoc/>
    public async Task<bool> AskAsync(StateLock held, LockOwner owner, CancellationToken cancellationToken)
    {
        if (owner != LockOwner.Gone || !console.Profile.Capabilities.Interactive || Console.IsInputRedirected)
        {
            return false;
        }

        console.WriteLine($"{held.Describe(time.GetUtcNow())} That process is gone.");
        return await new ConfirmationPrompt("Release the lock?") { DefaultValue = false }.ShowAsync(console, cancellationToken);
    }

    /// <inheritdoc/>
    public PipelineException Refuse(StateLock held, LockOwner owner)
    {
        List<string> again = [$"--release-lock={held.Id}"];
        if (options.RunId is { } run)
        {
            again.Insert(0, $"--run={run}");
        }

        var release = hints.For(options.Target!, again);
        var described = held.Describe(time.GetUtcNow());
        return owner switch
        {
            LockOwner.Running => new(TerraformErrors.LockedByProcess, $"{described} That process is still running on this machine. Wait for it to finish, then run this again."),
            LockOwner.Gone => new(TerraformErrors.LockRemains, $"{described} That process is gone. Release its lock with:\n  {release}"),
            _ => new(TerraformErrors.Locked, $"{described} If that process is still running, wait for it to finish. If you are sure that it is gone, release its lock with:\n  {release}"),
        };
    }
}
