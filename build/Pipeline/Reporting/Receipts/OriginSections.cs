using BuildPipeline.Approvals;
using BuildPipeline.Approvals.Comments;
using BuildPipeline.Jobs;
using BuildPipeline.Runs;

namespace BuildPipeline.Reporting.Receipts;

/// <summary>The sections on where a result comes from and where it is: provenance, artifacts, and what changed since the previous run.</summary>
internal static class OriginSections
{
    /// <summary>The sections that the run has.</summary>
    public static IEnumerable<Section> Create(RunRecord run, RunReport report)
    {
        if (run.Job is { } job)
        {
            yield return new("Provenance", new Fields([.. Provenance(run, job, report.Verify)]));
        }

        if (run.Job is not null && run.Stage >= RunStage.Applied)
        {
            yield return new("Artifacts", new Fields([.. Artifacts(run, run.Job)]));
        }

        if (report.Comparison is { } comparison)
        {
            yield return ChangeSection.Create(comparison);
        }
    }

    /// <summary>What the nodes of a job are bought on.</summary>
    public static string MarketOf(TrainingJobSpec job) => job.UseSpotInstances ? "managed spot" : "on-demand";

    private static IEnumerable<(string, Text)> Provenance(RunRecord run, TrainingJobSpec job, string? verify) =>
    [
        .. Approval(run, verify),
        ("Job", run.CurrentAttempt is { } current ? Text.From($"{Text.Value(current.JobName)}{Text.Own(current.Adopted ? " (adopted)" : "")}") : Text.From($"{Text.Value(job.Name)} (not submitted)")),
        ("Nodes", Text.Foreign($"{string.Join(", fallback: ", job.NodeOptions().Select(option => $"{option.Nodes()}, {MarketOf(option)}"))}, {job.Region}")),
        ("Team", Text.Foreign(job.Team)),
        .. (run.CurrentAttempt?.Checkpoints ?? run.Cost?.Checkpoints) is { } checkpoints ? [("Checkpoints", Text.Foreign(checkpoints.Reason))] : Array.Empty<(string, Text)>(),
        .. run.Plan is { } plan ? [("Plan", Text.From($"{plan.Add} to add, {plan.Change} to change, {plan.Destroy} to destroy"))] : Array.Empty<(string, Text)>(),
        .. job.SecretEnvironment is { } secrets ? [("Secrets", Text.Foreign(string.Join(", ", secrets.OrderBy(secret => secret.Key, StringComparer.Ordinal).Select(secret => $"{secret.Key} from {secret.Value}"))))] : Array.Empty<(string, Text)>(),
        .. run.Commit is { } commit ? [("Commit", Text.From($"{Text.Value(commit)}{Text.Own(run.UncommittedChanges == true ? ", with uncommitted changes" : "")}"))] : Array.Empty<(string, Text)>(),
        ("Image", Text.From($"{Text.Value(job.TrainingImageUri)}{Text.Own(job.TrainingImageUri.Contains("@sha256:", StringComparison.Ordinal) ? "" : ", by tag")}")),
        .. Content(run),
        .. run.Attempts.Where(attempt => attempt.JobArn is not null).Select(attempt => ("Job ARN", Text.Value(attempt.JobArn!))),
    ];

    /// <summary>Who approved, when, and with which digest.</summary>
    public static Text ApprovedBy(ApprovalRecord approval) => Text.From(
        $"{Text.Foreign($"{approval.Approver} ({ApprovalView.SourceName(approval)}) at {Format.Moment(approval.ApprovedAt)}")}, digest {Text.Value(Format.Short(approval.Digest))}");

    private static IEnumerable<(string, Text)> Approval(RunRecord run, string? verify)
    {
        if (run.Approval is { } approval)
        {
            yield return ("Approved by", ApprovedBy(approval));
            yield return ("Digest", Text.Value(approval.Digest));
            yield return ("Statement", verify is null ? Text.Own("not signed") : Text.From($"signed, in {RunFiles.Statement}; check it with {Text.Value(verify)}"));
        }

        if (run is { Approval: null, EndedAt: null, Sweep: null, Subject: { } subject } && ApprovalDigest.ComputeContent(subject) is { } content)
        {
            yield return ("To approve, comment", Text.Value(CommentCommand.ToApprove(content, subject.Ceiling)));
        }

        if (run.Adopted is not null)
        {
            yield return ("Approved by", Text.Own("nobody here: Terraform submitted the job"));
        }
    }

    private static IEnumerable<(string, Text)> Content(RunRecord run) => run.Subject is not { } subject ? [] :
    [
        ("Program", Text.From($"SHA-256 {Text.Value(subject.SourceSha256)}")),
        .. subject.DataSha256.OrderBy(data => data.Key, StringComparer.Ordinal).Select(data => ("Data", Text.From($"{data.Key}, SHA-256 {Text.Value(data.Value)}"))),
    ];

    private static IEnumerable<(string, Text)> Artifacts(RunRecord run, TrainingJobSpec job)
    {
        if (run.Evidence?.ModelArchive is { } archive)
        {
            yield return ("Model", Text.From($"{Text.Value(archive)}{Text.Own(run.Evidence.ModelArchiveBytes is { } bytes ? $" ({Format.Bytes(bytes)})" : "")}"));
        }

        yield return ("Checkpoints", Text.Value($"s3://{job.ArtifactBucket}/{job.ArtifactPrefix}/{run.ArtifactFolder}/checkpoints/"));
        if (run.Adopted is null || run.LastEvent is not null)
        {
            yield return ("Record", Text.From($"{Text.Value($"{RunArchive.PrefixOf(run.Environment)}{run.RunId}/")} in the state bucket"));
        }

        foreach (var server in run.Tracking?.Servers ?? [])
        {
            yield return ("Tracking", Text.Foreign($"{server.Url ?? server.Name}: {(server.Complete ? "complete" : $"not complete. {server.Problem} Status and Summary send what is missing.")}"));
        }

        yield return ("Logs", Text.From($"{Text.Value(job.LogGroupName)}, streams {Text.Value($"{run.CurrentAttempt?.JobName ?? job.Name}/")}"));
    }
}
