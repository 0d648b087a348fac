namespace BuildPipeline.Journal;

/// <summary>Who holds a run (<c>runs/ENVIRONMENT/RUN-ID/lease.json</c> in the state bucket) or an environment (<c>runs/ENVIRONMENT/lease.json</c>). It is never deleted, so its number only grows.</summary>
public sealed record LeaseRecord
{
    /// <summary>The format that this version writes.</summary>
    public const string CurrentFormat = "lease/2";

    /// <summary>Format of this document. In <c>lease/1</c>, the lease of an environment is held for as long as a job is followed.</summary>
    public string Format { get; init; } = CurrentFormat;

    /// <summary>Fencing number: one higher each time that the lease is acquired.</summary>
    public required long Number { get; init; }

    /// <summary>Random ID of the holder.</summary>
    public required string Owner { get; init; }

    /// <summary>The target that holds it.</summary>
    public required string Target { get; init; }

    /// <summary>The machine's name.</summary>
    public required string Machine { get; init; }

    /// <summary>The process, which only other processes of the same machine can check.</summary>
    public required ProcessIdentity Process { get; init; }

    /// <summary>When it was acquired, by S3's clock.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it expires unless it is renewed, by S3's clock.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>True once its holder has released it.</summary>
    public bool Released { get; init; }

    /// <summary>The holder, for messages.</summary>
    public string Describe() => $"{Target} on {Machine} (process {Process.Id}, since {Since:u}, lease until {ExpiresAt:u})";

    /// <summary>True if the holder may still be at work.</summary>
    /// <param name="now">S3's clock.</param>
    /// <param name="hasEnded">True if a process is known to have ended.</param>
    public bool IsHeld(DateTimeOffset now, Func<ProcessIdentity, bool> hasEnded) => !Released && now < ExpiresAt && !hasEnded(Process);
}
