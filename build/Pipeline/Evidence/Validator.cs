using System.Globalization;
using Amazon.S3.Model;
using BuildPipeline.Aws;
using BuildPipeline.Checkpoints;
using BuildPipeline.JobLogs;
using BuildPipeline.Jobs;
using BuildPipeline.Training;

namespace BuildPipeline.Evidence;

/// <summary>Judges a run by what is in S3 and not by what a status says.</summary>
public sealed class Validator(IAwsClients clients, CheckpointReader checkpoints, KeptManifests kept)
{
    /// <summary>Kept checkpoints are read again up to this many bytes, newest first; beyond it sizes have to do.</summary>
    private const long MaxVerifiedBytes = 20L * 1024 * 1024 * 1024;

    /// <summary>Gathers the evidence of a run whose newest attempt has ended.</summary>
    /// <exception cref="PipelineException">AWS refuses or does not answer; evidence that does not hold is a finding.</exception>
    public async Task<EvidenceRecord> ValidateAsync(ITrainingRun run, CancellationToken cancellationToken)
    {
        var job = run.Job ?? throw new ArgumentException("The run has no job.", nameof(run));
        var attempt = run.CurrentAttempt ?? throw new ArgumentException("The run has no attempt.", nameof(run));
        try
        {
            var prefix = ArtifactPaths.Checkpoints(job, run.ArtifactFolder);
            var stored = await VerifiedAsync(await checkpoints.ReadAsync(prefix, cancellationToken), cancellationToken);
            var archive = await ReadArchiveAsync(attempt, cancellationToken);
            var complete = stored.Where(checkpoint => checkpoint.State == CheckpointState.Complete).ToList();
            var lineage = archive?.Metrics?.Lineage ?? complete.LastOrDefault()?.Manifest!.Lineage ?? [];
            var (interruptions, resume) = await ResumesAsync(run, prefix, lineage, cancellationToken);
            return new()
            {
                Findings =
                [
                    JobFinding(attempt),
                    CheckpointVerdict.Judge(stored, lineage, run),
                    resume,
                    await NodeFindingAsync(run, attempt, complete, cancellationToken),
                    ArchiveFinding(attempt, archive),
                    MetricFinding(run, archive?.Metrics),
                    ApprovalVerdict.Cost(run),
                    await EncryptionFindingAsync(job, attempt, complete, cancellationToken),
                    await TagFindingAsync(run, attempt, cancellationToken),
                    .. ApprovalVerdict.Missing(run),
                    .. NotEnforcedFindings(attempt),
                ],
                Checkpoints = [.. complete.Select(Summary)],
                Interruptions = interruptions,
                Lineage = lineage,
                FinalMetrics = archive?.Metrics?.Metrics ?? new Dictionary<string, double>(),
                FinalStep = archive?.Metrics?.Step ?? complete.LastOrDefault()?.Step,
                ModelArchive = attempt.ModelArtifacts,
                ModelArchiveBytes = archive?.Bytes,
            };
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            throw AwsErrors.ToPipelineException(exception, $"validating the run {run.RunId}", clients.Connection);
        }
    }

    private static CheckpointSummary Summary(StoredCheckpoint checkpoint) => new(
        checkpoint.Step, checkpoint.ManifestUri, checkpoint.Manifest!.Files.Count, checkpoint.Manifest.Bytes, checkpoint.Manifest.WrittenAt,
        checkpoint.Manifest.StallSeconds);

    private static Finding JobFinding(AttemptRecord attempt) => new(
        "job", attempt.Outcome == OutcomeKind.Completed, attempt.OutcomeSentence ?? $"The job {attempt.JobName} has not ended.");

    private static IEnumerable<Finding> NotEnforcedFindings(AttemptRecord attempt) => attempt.Transitions
        .Select(transition => NotEnforced.Find(transition.Message)).OfType<NotEnforced>().Distinct()
        .Select(mark => new Finding("not enforced", true, $"{mark.Member} was not enforced: {mark.Reason}."));

    private static Finding ArchiveFinding(AttemptRecord attempt, ModelArchive? archive) => archive switch
    {
        null when attempt.ModelArtifacts is null => new("model archive", false, "The job did not write a model archive."),
        null => new("model archive", false, $"There is no model archive at {attempt.ModelArtifacts}."),
        { Problem: { } problem } => new("model archive", false, $"The model archive {attempt.ModelArtifacts} cannot be used: {problem}."),
        _ => new("model archive", true, FormattableString.Invariant($"Read to the end: {archive.Files} files, {archive.Bytes} bytes.")),
    };

    private static Finding MetricFinding(ITrainingRun run, FinalMetrics? metrics)
    {
        if (run.Job!.FinalMetric is not { } expected)
        {
            return run.Adopted is null ? new("final metric", true, "No final_metric is configured.")
                : Finding.NotChecked("final metric", "final_metric is unknown: no Terraform state in the state bucket has this job.");
        }

        if (metrics is null)
        {
            return new("final metric", false, $"{expected.Name} is unknown: no valid metrics.json could be read from the model archive.");
        }

        if (!metrics.Metrics.TryGetValue(expected.Name, out var value))
        {
            return new("final metric", false, $"The metric {expected.Name} is not in the metrics.json of the model archive.");
        }

        var within = !(value < expected.Min) && !(value > expected.Max);
        return new("final metric", within, string.Create(CultureInfo.InvariantCulture,
            $"{expected.Name} is {value.ToString(within ? "G6" : "R", CultureInfo.InvariantCulture)}, {(within ? "as required: " : "but must be ")}{Bounds(expected)}."));
    }

    private static string Bounds(FinalMetricSpec expected) => expected switch
    {
        { Min: { } min, Max: { } max } => string.Create(CultureInfo.InvariantCulture, $"from {min} to {max}"),
        { Min: { } min } => string.Create(CultureInfo.InvariantCulture, $"at least {min}"),
        { Max: { } max } => string.Create(CultureInfo.InvariantCulture, $"at most {max}"),
        _ => "any value",
    };

    private async Task<IReadOnlyList<StoredCheckpoint>> VerifiedAsync(
        IReadOnlyList<StoredCheckpoint> stored, CancellationToken cancellationToken)
    {
        var verified = new List<StoredCheckpoint>();
        var bytes = 0L;
        foreach (var checkpoint in stored.Reverse())
        {
            bytes += checkpoint.Manifest?.Bytes ?? 0;
            verified.Insert(0, bytes <= MaxVerifiedBytes ? await checkpoints.VerifyAsync(checkpoint, cancellationToken) : checkpoint);
        }

        return verified;
    }

    private async Task<ModelArchive?> ReadArchiveAsync(AttemptRecord attempt, CancellationToken cancellationToken)
    {
        if (!S3Uri.TryParse(attempt.ModelArtifacts, out var location))
        {
            return null;
        }

        try
        {
            using var response = await clients.S3.GetObjectAsync(location.Bucket, location.Key, cancellationToken);
            return await ModelArchive.ReadAsync(response.ResponseStream, cancellationToken);
        }
        catch (Amazon.S3.AmazonS3Exception exception) when (AwsErrors.Classify(exception) == AwsErrorKind.NotFound)
        {
            return null;
        }
    }

    private async Task<(IReadOnlyList<Interruption> Interruptions, Finding Finding)> ResumesAsync(
        ITrainingRun run, S3Uri prefix, IReadOnlyList<LineageEntry> lineage, CancellationToken cancellationToken)
    {
        var history = await checkpoints.HistoryAsync(prefix, cancellationToken);
        var copies = await kept.ListAsync(run, cancellationToken);
        var steps = lineage.Where(entry => entry.FromManifestSha256 is not null).Select(entry => entry.FromStep).ToHashSet();
        var manifests = new List<ReadManifest>();
        foreach (var version in history.Where(version => steps.Contains(version.Step)))
        {
            if (await checkpoints.ReadVersionAsync(prefix.Bucket, version, cancellationToken) is { } seen && ReadManifest.From(seen) is { } manifest)
            {
                manifests.Add(manifest);
            }
        }

        foreach (var copy in copies.Where(copy => steps.Contains(copy.Step) && manifests.TrueForAll(manifest => manifest.Sha256 != copy.Sha256)))
        {
            if (await kept.ReadAsync(run, copy, cancellationToken) is { } manifest)
            {
                manifests.Add(manifest);
            }
        }

        history = [.. history, .. copies.Select(copy => new ManifestVersion(copy.Step, copy.Name, null, copy.LastModified))];
        var transitions = run.Attempts.SelectMany(attempt => attempt.Transitions).OrderBy(transition => transition.StartedAt).ToList();
        return new ResumeProof(lineage, manifests, history).Judge(transitions, run.CurrentAttempt!.Outcome == OutcomeKind.Completed);
    }

    private async Task<Finding> NodeFindingAsync(
        ITrainingRun run, AttemptRecord attempt, IReadOnlyList<StoredCheckpoint> complete, CancellationToken cancellationToken)
    {
        var job = run.JobOf(attempt);
        var newest = complete.LastOrDefault(checkpoint => checkpoint.Manifest!.Job == attempt.JobName)?.Manifest;
        var hosts = newest is null ? await new JobLog(clients, job.LogGroupName, attempt.JobName).CountHostsAsync(cancellationToken) : null;
        return new NodeUse(newest?.WorldSize, newest?.Gpus, hosts).Judge(job.InstanceCount);
    }

    private async Task<Finding> EncryptionFindingAsync(
        TrainingJobSpec job, AttemptRecord attempt, List<StoredCheckpoint> complete, CancellationToken cancellationToken)
    {
        var uris = new List<string?> { attempt.ModelArtifacts };
        uris.AddRange(complete.Select(checkpoint => checkpoint.ManifestUri));
        uris.AddRange(complete.SelectMany(checkpoint => checkpoint.Manifest!.Files.Select(file => checkpoint.Uri + file.Path)));
        var bare = new List<string>();
        var looked = 0;
        foreach (var location in uris.Select(uri => S3Uri.TryParse(uri, out var parsed) ? parsed : null).OfType<S3Uri>())
        {
            if (await EncryptionAsync(location, cancellationToken) is not var (method, key))
            {
                continue;
            }

            looked++;
            if (job.KmsKeyArn is { } expected ? method != "aws:kms" || !IsSameKey(key, expected) : method is null)
            {
                bare.Add($"{location} ({method ?? "none"})");
            }
        }

        return bare.Count > 0
            ? new("encryption", false, $"Not encrypted with the bucket's key: {string.Join(", ", bare)}.")
            : new("encryption", true, FormattableString.Invariant($"{looked} objects checked, all encrypted as configured."));
    }

    private async Task<(string? Method, string? Key)?> EncryptionAsync(S3Uri location, CancellationToken cancellationToken)
    {
        try
        {
            var request = new GetObjectMetadataRequest { BucketName = location.Bucket, Key = location.Key };
            var metadata = await clients.S3.GetObjectMetadataAsync(request, cancellationToken);
            return (metadata.ServerSideEncryptionMethod?.Value, metadata.ServerSideEncryptionKeyManagementServiceKeyId);
        }
        catch (Amazon.S3.AmazonS3Exception exception) when (AwsErrors.Classify(exception) == AwsErrorKind.NotFound)
        {
            // That it is missing is another check's finding.
            return null;
        }
    }

    /// <summary>S3 may give a key as its ARN or as its id.</summary>
    private static bool IsSameKey(string? key, string expectedArn) =>
        key == expectedArn || (key is { Length: > 0 } && expectedArn.EndsWith("/" + key, StringComparison.Ordinal));

    private async Task<Finding> TagFindingAsync(ITrainingRun run, AttemptRecord attempt, CancellationToken cancellationToken)
    {
        if (attempt.JobArn is null)
        {
            return new("tags", false, $"The job {attempt.JobName} was never accepted, so it has no tags.");
        }

        var actual = await JobTags.ReadAsync(clients.SageMaker, attempt.JobArn, cancellationToken);
        var expected = ApprovalVerdict.Tags(run);
        var wrong = expected.Where(tag => actual.GetValueOrDefault(tag.Key) != tag.Value).Select(tag => tag.Key).ToList();
        return wrong.Count == 0
            ? new("tags", true, $"The job has the tags {string.Join(", ", expected.Keys.Order(StringComparer.Ordinal))}.")
            : new("tags", false, $"Missing or wrong tags on the job {attempt.JobName}: {string.Join(", ", wrong)}.");
    }
}
