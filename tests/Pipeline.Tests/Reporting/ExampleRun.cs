using BuildPipeline.Costing;
using BuildPipeline.Evidence;
using BuildPipeline.Goodput;
using BuildPipeline.JobLogs;
using BuildPipeline.Prices;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Training;

namespace BuildPipeline.Pipeline.Tests.Reporting;

/// <summary>Runs as receipts show them.</summary>
internal static class ExampleRun
{
    /// <summary>A validated run of one job, interrupted once.</summary>
    public static RunRecord Launched { get; } = new()
    {
        RunId = "20260131-120000-1a2b",
        Environment = "sandbox",
        StartedAt = Sample.Noon,
        Stage = RunStage.Validated,
        ExitCode = ExitCode.Done,
        Commit = "0123456789abcdef",
        Job = Sample.Job,
        Plan = Sample.Plan,
        Cost = new CostRecord
        {
            Expected = new Usd(0.49m),
            P90 = new Usd(0.71m),
            Ceiling = new Usd(1.51m),
            JobRatePerHour = new Usd(2.816m),
            Lines = [],
            Prices = new PriceSnapshot(),
            MaxRunCostUsd = new Usd(5),
            Verdict = GateVerdict.NeedsApproval,
            Reasons = [],
            PricedAt = Sample.Noon,
        },
        Approval = Sample.Approval(Sample.Subject),
        Attempts =
        [
            new AttemptRecord
            {
                Number = 1,
                JobName = "finetune-sandbox-20260131-120000-1a2b",
                Market = Market.Spot,
                IntentAt = Sample.Noon,
                MaxRuntimeSeconds = 1800,
                TrainingSeconds = 100,
                BillableSeconds = 30,
                Cost = new Usd(0.0235m),
                Outcome = OutcomeKind.Completed,
                OutcomeSentence = "The training is done.",
                Transitions =
                [
                    At("Starting", 0, 60), At("Downloading", 60, 70), At("Training", 70, 130), At("Interrupted", 130, 140),
                    At("Starting", 140, 160), At("Training", 160, 190), At("Uploading", 190, 200), At("Completed", 200, 200),
                ],
            },
        ],
        Evidence = new EvidenceRecord
        {
            Findings = [new Finding("checkpoints", true, "3 complete | all of them.")],
            Checkpoints = [new CheckpointSummary(600, "s3://b/m", 2, 2048, Sample.Noon)],
            Interruptions = [new Interruption(Sample.Noon.AddSeconds(130), Sample.Noon.AddSeconds(160), 200)],
            FinalMetrics = new Dictionary<string, double> { ["validation:loss"] = 2.1460907390644364 },
            FinalStep = 600,
            ModelArchive = "s3://b/model.tar.gz",
            ModelArchiveBytes = 4096,
        },
    };

    /// <summary>A run of two jobs over a day, the second one on demand, with everything that a receipt has.</summary>
    public static RunRecord Moved { get; } = Launched with
    {
        ExitCode = ExitCode.ValidationFailed,
        ErrorId = "BP1702",
        Error = "1 of 6 checks failed: tags.",
        Cost = Launched.Cost! with { Expected = new Usd(20.4m), P90 = new Usd(27.9m), Ceiling = new Usd(41.16m), MaxRunCostUsd = new Usd(60) },
        Approval = Sample.Approval(Sample.Subject with { Ceiling = new Usd(41.16m) }),
        DeadlineAt = Sample.Noon.AddHours(24),
        EndedAt = Sample.Noon.AddHours(21),
        Subject = Sample.Subject,
        Attempts = [First, Second],
        Goodput = new GoodputRecord
        {
            Shares =
            [
                new(GoodputCategory.Start, 300, 90, new Usd(0.06m)), new(GoodputCategory.Download, 600, 200, new Usd(0.16m)),
                new(GoodputCategory.Productive, 52000, 21000, new Usd(16.4m)), new(GoodputCategory.CheckpointStall, 700, 300, new Usd(0.24m)),
                new(GoodputCategory.LostWork, 3300, 990, new Usd(0.78m)), new(GoodputCategory.Restart, 900, 300, new Usd(0.23m)),
                new(GoodputCategory.Upload, 120, 120, new Usd(0.1m)), new(GoodputCategory.Idle, 80, 80, new Usd(0.06m)),
            ],
            CapacityWaitSeconds = 11000,
            BilledSeconds = 23080,
            Cost = new Usd(18.03m),
        },
        Evidence = Launched.Evidence! with
        {
            Findings =
            [
                new("job", true, "The job completed."), new("checkpoints", true, "24 complete, the newest of step 24000; every file has its size and SHA-256."),
                new("resume", true, "Resumed from step 9000 by the SHA-256 of its manifest."), new("final metric", true, "validation:loss is 1.84211, within 0 to 2."),
                Finding.NotChecked("encryption", "The bucket's key could not be read."),
                new("tags", false, "Missing or wrong tags: team. Add them to the job."),
            ],
            Checkpoints = [.. Enumerable.Range(1, 24).Select(index => new CheckpointSummary(index * 1000, $"s3://b/step-{index}/manifest.json", 4, 6L << 30, Sample.Noon.AddMinutes(50 * index), 28))],
            Interruptions = [new(Sample.Noon.AddHours(8), Sample.Noon.AddHours(10), 9000)],
            FinalMetrics = new Dictionary<string, double> { ["validation:loss"] = 1.84211, ["train:loss"] = 1.7912, ["tokens_per_second"] = 9581 },
            FinalStep = 24000,
        },
    };

    /// <summary>What the jobs of <see cref="Moved"/> logged.</summary>
    public static IReadOnlyList<MetricPoint> Metrics { get; } =
    [
        .. Losses(0, 9600, Sample.Noon.AddMinutes(20), Sample.Noon.AddHours(8)), .. Losses(9000, 14400, Sample.Noon.AddHours(10), Sample.Noon.AddHours(14)),
        .. Losses(14000, 24000, Sample.Noon.AddHours(14.5), Sample.Noon.AddHours(21)),
    ];

    private static AttemptRecord First => Launched.Attempts[0] with
    {
        JobArn = "arn:aws:sagemaker:us-east-1:000000000000:training-job/finetune-sandbox-20260131-120000-1a2b",
        SubmittedAt = Sample.Noon,
        Outcome = OutcomeKind.Moved,
        OutcomeSentence = "Moved to on-demand to meet the deadline (2026-02-01 12:00:00Z).",
        LastStep = 14000,
        TrainingSeconds = 43000,
        BillableSeconds = 13000,
        Cost = new Usd(10.2m),
        Transitions =
        [
            At("Starting", 0, 900), At("Downloading", 900, 1200), At("Training", 1200, 28800), At("Interrupted", 28800, 28860), At("Starting", 28860, 35700),
            At("Downloading", 35700, 36000), At("Training", 36000, 50400), At("Stopping", 50400, 50500), At("Stopped", 50500, 50500),
        ],
    };

    private static AttemptRecord Second => Launched.Attempts[0] with
    {
        Number = 2,
        JobName = "finetune-sandbox-20260131-120000-1a2b-a2",
        JobArn = "arn:aws:sagemaker:us-east-1:000000000000:training-job/finetune-sandbox-20260131-120000-1a2b-a2",
        SubmittedAt = Sample.Noon.AddHours(14),
        Market = Market.OnDemand,
        LastStep = 24000,
        TrainingSeconds = 23400,
        BillableSeconds = 10080,
        Cost = new Usd(7.83m),
        Transitions = [At("Starting", 50520, 51600), At("Downloading", 51600, 52200), At("Training", 52200, 75480), At("Uploading", 75480, 75600), At("Completed", 75600, 75600)],
    };

    private static StatusTransition At(string status, int from, int until) =>
        new(status, Sample.Noon.AddSeconds(from), Sample.Noon.AddSeconds(until), null);

    private static IEnumerable<MetricPoint> Losses(int first, int last, DateTimeOffset start, DateTimeOffset end)
    {
        for (var step = first + 100; step <= last; step += 100)
        {
            var at = start + ((end - start) * ((double)(step - first) / (last - first)));
            var loss = 1.75 + (2.6 * Math.Exp(-step / 4000.0)) + (0.06 * Math.Sin(step / 37.0));
            yield return new("train:loss", step, at, loss);
            if (step % 1000 == 0)
            {
                yield return new("validation:loss", step, at, loss + 0.07);
            }
        }
    }
}
