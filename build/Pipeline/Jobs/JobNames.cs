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
