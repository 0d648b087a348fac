using System.Text.Json.Serialization;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.CodeBuild;

/// <summary>StatusType of a build and of its phases.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<BuildStatus>))]
internal enum BuildStatus
{
    InProgress,
    Succeeded,
    Failed,

    /// <summary>Nothing that the build did: the sandbox ended.</summary>
    Fault,
    TimedOut,
    Stopped,
}

/// <summary>A phase of a build.</summary>
/// <param name="Type">BuildPhaseType.</param>
/// <param name="End">Null while it lasts.</param>
/// <param name="Code">StatusCode of its context; null if it has none.</param>
/// <param name="Message">What went wrong; null if nothing did.</param>
internal sealed record Phase(string Type, DateTimeOffset Start, DateTimeOffset? End = null, BuildStatus? Status = null, string? Code = null, string? Message = null);

/// <summary>A build, as it is stored.</summary>
/// <param name="Id">Name of the project, a colon and a UUID.</param>
/// <param name="Project">The project as it was when the build started.</param>
/// <param name="Initiator">Who started it: a user, ROLE/SESSION or rule/NAME.</param>
internal sealed record Build(string Id, string Arn, long Number, Project Project, string Initiator, DateTimeOffset Start)
{
    public const string Completed = "COMPLETED";

    public BuildStatus Status { get; init; } = BuildStatus.InProgress;

    public DateTimeOffset? End { get; init; }

    public IReadOnlyList<Phase> Phases { get; init; } = [];

    [JsonIgnore]
    public bool IsOver => Status != BuildStatus.InProgress;

    /// <summary>What is unique in its id.</summary>
    [JsonIgnore]
    public string Uuid => Id[(Id.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <summary>The build in its next phase.</summary>
    public Build Enter(string phase, DateTimeOffset now) => this with { Phases = [.. Phases, new Phase(phase, now)] };

    /// <summary>The build with the phase that it is in ended.</summary>
    public Build Leave(BuildStatus status, DateTimeOffset now, string? code = null, string? message = null) =>
        Phases is [.., { End: null } last] ? this with { Phases = [.. Phases.SkipLast(1), last with { End = now, Status = status, Code = code, Message = message }] } : this;

    /// <summary>The build after its end; a phase that lasts ends with it.</summary>
    public Build Finish(BuildStatus status, DateTimeOffset now, string? code = null, string? message = null) =>
        IsOver ? this : Leave(status, now, code, message).Enter(Completed, now) with { Status = status, End = now };
}
