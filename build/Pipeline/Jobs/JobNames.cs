using System.Text.RegularExpressions;

namespace BuildPipeline.Jobs;

/// <summary>Names and tags by which a run knows its training jobs.</summary>
public static class JobNames
{
    /// <summary>Tag with the id of the run that a job belongs to.</summary>
    public const string RunIdTag = "pipeline:run-id";

    /// <summary>Tag with the digest under which a job was approved.</summary>
    public const string DigestTag = "pipeline:digest";

    private const int LongestName = 63;

    /// <summary>Name of a run's job: the first has the run ID, a later one also its number.</summary>
    public static string NameOf(TrainingJobSpec job, string runId, int number)
    {
        var name = number == 1 ? $"{job.Name}-{runId}" : FormattableString.Invariant($"{job.Name}-{runId}-a{number}");
        return name.Length <= LongestName ? name : throw new PipelineException(JobErrors.NameTooLong,
            $"The job name {name} has more than {LongestName} characters. Shorten name_prefix.");
    }
}

/// <summary>What the name of a training job says of who submitted it.</summary>
/// <param name="Base">What the names of the environment's jobs start with: name_prefix and the environment.</param>
/// <param name="RunId">The run that it belongs to; null if Terraform alone submitted it.</param>
public sealed partial record JobOrigin(string Base, string? RunId)
{
    /// <summary>Reads a name; null if neither this pipeline nor infra/ gives such names.</summary>
    public static JobOrigin? Parse(string name) => Pattern().Match(name) is { Success: true } match
        ? new(match.Groups["base"].Value, match.Groups["run"] is { Success: true } run ? run.Value : null)
        : null;

    /// <summary>Whether a job is one of an environment; null if only its tags, which are not known, could say so.</summary>
    /// <param name="name">The job's name.</param>
    /// <param name="baseName">What the names of the environment's jobs start with.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="tags">The job's tags; null if they are not known.</param>
    public static bool? IsOf(string name, string baseName, string environment, IReadOnlyDictionary<string, string>? tags) =>
        !name.StartsWith(baseName + "-", StringComparison.Ordinal) ? false
        : Parse(name) is { } parsed ? parsed.Base == baseName
        : tags is null ? null
        : tags.GetValueOrDefault("environment") == environment;

    [GeneratedRegex(@"^(?<base>.+)-(?:(?<run>[0-9]{8}-[0-9]{6}-[a-z0-9]{4})|[0-9a-f]{16})(?:-a[0-9]+)?$")]
    private static partial Regex Pattern();
}
