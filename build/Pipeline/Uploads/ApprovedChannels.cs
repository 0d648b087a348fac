using BuildPipeline.Approvals;
using BuildPipeline.Aws;
using BuildPipeline.Jobs;

namespace BuildPipeline.Uploads;

/// <summary>What a job after the first one reads: what was approved, under the addresses that it was uploaded to, whatever this machine's folders hold now.</summary>
public static class ApprovedChannels
{
    /// <summary>The channels of a job whose program and data were uploaded for an earlier job of its run.</summary>
    /// <param name="job">The job as applied.</param>
    /// <param name="approved">What was approved.</param>
    public static IReadOnlyList<InputChannel> Select(TrainingJobSpec job, ApprovalSubject approved)
    {
        InputChannel? Data(string name, string? uri) =>
            approved.DataSha256.TryGetValue(name, out var sha256) ? new(name, ArtifactPaths.Data(job, sha256).ToString(), sha256)
            : S3Uri.TryParse(uri, out var location) ? new(name, location.AsFolder().ToString())
            : null;
        InputChannel?[] data = [Data("train", job.TrainingDataUri), Data("validation", job.ValidationDataUri), Data("model", job.ModelDataUri)];
        return [.. data.OfType<InputChannel>(), new(SourceBundle.CodeChannel, ArtifactPaths.Bundle(job, approved.SourceSha256).ToString(), approved.SourceSha256)];
    }
}
