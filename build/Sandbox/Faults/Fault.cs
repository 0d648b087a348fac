using System.IO.Enumeration;
using System.Text.Json.Serialization;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Faults;

/// <summary>What can go wrong on demand.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<FaultKind>))]
internal enum FaultKind
{
    Throttle,
    InternalError,

    /// <summary>No answer until the client gives up; without effect.</summary>
    Timeout,

    /// <summary>The effect happens, the answer does not arrive.</summary>
    DropResponse,

    /// <summary>The effect happens, and there is no answer until the client gives up.</summary>
    HoldResponse,
    ExpiredCredentials,
    AccessDenied,

    /// <summary>Read by lists: what was written or created in the last seconds is missing.</summary>
    DelayedListing,

    /// <summary>Read by SageMaker: no instance to be had.</summary>
    Capacity,

    /// <summary>Read by SageMaker: an account limit is reached.</summary>
    Quota,

    /// <summary>Read by SageMaker: a job that trains meets an InternalServerError.</summary>
    JobInternalError,

    /// <summary>Read by SageMaker: the checkpoints of a job that trains no longer reach S3, as long as it has these instances.</summary>
    CheckpointSync,
}

/// <summary>A planned fault.</summary>
/// <param name="Service">SigV4 signing name, <c>github</c>, <c>mlflow</c>, <c>terraform</c> for the provider, or <c>*</c>.</param>
/// <param name="Operation">Operation name, or <c>*</c>.</param>
/// <param name="Count">How many requests it hits.</param>
/// <param name="After">How many requests that fit pass before.</param>
/// <param name="Key">Only requests of S3 for such an object, <c>*</c> standing for any characters; null is all.</param>
/// <param name="InstanceType">Only jobs on that instance type, where SageMaker reads the fault; null is all.</param>
internal sealed record Fault(
    string Service, FaultKind Kind, string Operation = "*", int Count = 1, int After = 0, string? Key = null, string? InstanceType = null)
{
    /// <summary>How far a delayed list is behind; null is a minute.</summary>
    public int? Seconds { get; init; }

    /// <summary>True for what a job meets, and not the request that created it.</summary>
    public bool IsOfJob => Kind is FaultKind.Capacity or FaultKind.Quota or FaultKind.JobInternalError or FaultKind.CheckpointSync;

    /// <summary>True if a request is one that the fault is planned for.</summary>
    public bool Fits(string service, string operation, string? key) =>
        (Service == "*" || Service == service)
        && (Operation == "*" || Operation == operation)
        && (Key is null || (key is not null && FileSystemName.MatchesSimpleExpression(Key, key, ignoreCase: false)));
}
