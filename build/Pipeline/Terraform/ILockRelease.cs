namespace BuildPipeline.Terraform;

/// <summary>Decides over state locks that somebody else has left.</summary>
public interface ILockRelease
{
    /// <summary>ID of the lock that the user wants released; null if none.</summary>
    string? RequestedId { get; }

    /// <summary>Asks the user, where one can answer and the owner is gone.</summary>
    /// <returns>True if the lock is to be released.</returns>
    Task<bool> AskAsync(StateLock held, LockOwner owner, CancellationToken cancellationToken);

    /// <summary>What the user gets where the lock stays: whose it is, and what to do.</summary>
    PipelineException Refuse(StateLock held, LockOwner owner);
}
