using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using BuildPipeline.Spot;
using BuildPipeline.Terraform;

namespace BuildPipeline.Costing;

/// <summary>What other ways of doing a job's work are compared for.</summary>
/// <param name="Job">The job, with the deadline that it is launched with.</param>
/// <param name="Plan">Its plan.</param>
/// <param name="Prices">The prices of those instance types and of the job's own node options.</param>
/// <param name="InstanceTypes">The instance types that its team may use and that can be compared with its own.</param>
/// <param name="UploadedBytes">Bytes of program and data that the pipeline uploads.</param>
/// <param name="Policy">Name of the policy that keeps the deadline.</param>
/// <param name="MayUse">False for a job that its team may not run.</param>
public sealed record WhatIfQuestion(
    TrainingJobSpec Job, PlanRecord Plan, PriceSnapshot Prices, IReadOnlyList<string> InstanceTypes, long UploadedBytes, string Policy, Func<TrainingJobSpec, CostRecord, bool> MayUse);

/// <summary>The ways to do a job's work that no other way dominates: cost against finishing time and the chance to be late, over instance types, nodes, markets and deadlines.</summary>
/// <remarks>
/// Each way is priced by the gate's own <see cref="CostEstimator"/>, with the running times that <see cref="Forecaster"/> expects on its
/// nodes, so planning it again gives the same ceiling. All are late by the same moment: the deadline as it is configured or, without
/// one, the end of the waiting time.
/// </remarks>
public sealed class WhatIf(Forecaster forecaster, CostEstimator estimator)
{
    /// <summary>A way that is late more often is not offered, unless the job as it is configured is too.</summary>
    public const double MostLate = 0.10;

    // SageMaker's own limit, and the least that infra takes.
    private const int LongestRuntime = 2_419_200;
    private const int LeastRuntime = 60;

    private static readonly double[] SharesOfDeadline = [1, 0.75, 0.5];

    /// <summary>The job as it is configured, by the same measure.</summary>
    public WhatIfPoint Own(WhatIfQuestion question) => PointOf(question, Estimate(question, question.Job), question.Job);

    /// <summary>The front, the cheapest first. The job as it is configured is in it where nothing dominates it.</summary>
    public IReadOnlyList<WhatIfPoint> Front(WhatIfQuestion question)
    {
        var most = Math.Max(MostLate, Own(question).Late);
        var points = Variants(question).AsParallel().AsOrdered()
            .Select(job => (Job: job, Cost: Estimate(question, job)))
            .Where(variant => variant.Cost.Verdict == GateVerdict.NeedsApproval && question.MayUse(variant.Job, variant.Cost))
            .Select(variant => PointOf(question, variant.Cost, variant.Job))
            .Where(point => point.Late <= most)
            .ToList();
        return
        [
            .. points.Where(point => !points.Exists(other => other.Dominates(point)))
                .OrderBy(point => point.Expected).ThenBy(point => point.Finish).ThenBy(point => point.Variables.Count)
                .DistinctBy(point => (point.Expected, point.Finish, point.Late)),
        ];
    }

    /// <summary>At most so many points of a front: both ends, and points evenly between them.</summary>
    public static IReadOnlyList<WhatIfPoint> Select(IReadOnlyList<WhatIfPoint> front, int most) => front.Count <= most ? front
        : [.. Enumerable.Range(0, most).Select(index => front[(int)Math.Round(index * (front.Count - 1) / (most - 1.0))])];

    /// <summary>Every way that is compared.</summary>
    public IEnumerable<TrainingJobSpec> Variants(WhatIfQuestion question) =>
        from type in question.InstanceTypes
        where question.Prices[type].Value is not null
        from nodes in Forecaster.NodeCounts.Append(question.Job.InstanceCount).Distinct()
        from market in MarketsOf(question)
        select On(question, type, nodes, market.Spot, market.Deadline) into job
        where job.MaxRuntimeSeconds <= LongestRuntime && (job.CheckpointIntervalSeconds is not { } interval || interval < job.MaxRuntimeSeconds)
        select job;

    /// <summary>The Terraform variables whose values differ, as <c>--var</c> takes them.</summary>
    public static IReadOnlyList<string> VariablesOf(TrainingJobSpec own, TrainingJobSpec job) =>
    [
        .. Changed("instance_type", own.InstanceType, job.InstanceType),
        .. Changed("instance_count", own.InstanceCount, job.InstanceCount),
        .. Changed("use_spot_instances", own.UseSpotInstances, job.UseSpotInstances),
        .. Changed("max_runtime_seconds", own.MaxRuntimeSeconds, job.MaxRuntimeSeconds),
        .. Changed("max_wait_seconds", own.MaxWaitSeconds, job.MaxWaitSeconds),
        .. Changed("expected_runtime_seconds", own.ExpectedRuntimeSeconds, job.ExpectedRuntimeSeconds),
        .. Changed("deadline_hours", own.DeadlineHours, job.DeadlineHours),
        .. own.InstanceFallbacks.Count != job.InstanceFallbacks.Count ? ["instance_fallbacks=[]"] : Array.Empty<string>(),
    ];

    private static IEnumerable<string> Changed<T>(string name, T own, T value) =>
        Equals(own, value) ? [] : [string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}={(value is bool flag ? flag ? "true" : "false" : value is null ? "null" : value)}")];

    // Only a job on spot moves, so only for one an earlier deadline changes anything.
    private static IEnumerable<(bool Spot, double? Deadline)> MarketsOf(WhatIfQuestion question)
    {
        var (own, due) = (question.Job.DeadlineHours, JobSimulation.Deadline(question.Job).TotalHours);
        IEnumerable<double?> moved = MarketPolicies.MayMove(question.Policy) ? SharesOfDeadline.Select(share => (double?)Math.Max(0.01, Math.Round(due * share, 2))) : [];
        return [(false, own), .. moved.Prepend(own).Distinct().Select(deadline => (true, deadline))];
    }

    private TrainingJobSpec On(WhatIfQuestion question, string type, int nodes, bool spot, double? deadline)
    {
        var (job, speedup) = (question.Job, forecaster.Speedup(question.Job, type, nodes, question.Prices));
        int Here(int seconds) => (int)Math.Ceiling(Math.Min(LongestRuntime + 1, Forecaster.RunningTime(TimeSpan.FromSeconds(seconds), speedup, question.Prices).TotalSeconds));
        var isOwn = type == job.InstanceType && nodes == job.InstanceCount;
        var runtime = isOwn ? job.MaxRuntimeSeconds : Math.Max(LeastRuntime, Here(job.MaxRuntimeSeconds));
        var waits = job.MaxWaitSeconds is { } wait ? wait - job.MaxRuntimeSeconds : job.MaxRuntimeSeconds;
        return job with
        {
            InstanceType = type,
            InstanceCount = nodes,
            UseSpotInstances = spot,
            MaxRuntimeSeconds = runtime,
            MaxWaitSeconds = spot ? runtime + waits : null,
            ExpectedRuntimeSeconds = isOwn || job.ExpectedRuntimeSeconds is not { } expected ? job.ExpectedRuntimeSeconds : Math.Max(1, Here(expected)),
            DeadlineHours = deadline,
            InstanceFallbacks = isOwn && spot == job.UseSpotInstances ? job.InstanceFallbacks : [],
        };
    }

    private CostRecord Estimate(WhatIfQuestion question, TrainingJobSpec job) =>
        estimator.Estimate(job, question.Plan, question.Prices, question.UploadedBytes, question.Policy, JobSimulation.Deadline(question.Job));

    private static WhatIfPoint PointOf(WhatIfQuestion question, CostRecord cost, TrainingJobSpec job) => new()
    {
        Job = job,
        Variables = VariablesOf(question.Job, job),
        Expected = cost.Expected!.Value,
        Ceiling = cost.Ceiling!.Value,
        Finish = TimeSpan.FromSeconds(cost.CostSimulation!.FinishSeconds),
        Late = cost.CostSimulation.DeadlineRisk,
    };
}
