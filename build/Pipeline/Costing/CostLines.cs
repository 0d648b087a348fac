using System.Globalization;
using BuildPipeline.Checkpoints;
using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using BuildPipeline.Terraform;

namespace BuildPipeline.Costing;

/// <summary>The lines of a price: the nodes, what they use, and the infrastructure.</summary>
/// <param name="prices">The prices of the run.</param>
/// <param name="today">The day that ages are counted to.</param>
internal sealed class CostLines(PriceSnapshot prices, DateOnly today)
{
    private const decimal HoursPerMonth = 730;

    /// <summary>Complete checkpoints that the project's training programs keep where <see cref="KeepSetting"/> is not set.</summary>
    public const int KeptByDefault = 3;

    private const string KeepSetting = "keep_checkpoints";

    private const decimal DaysPerMonth = 30.4m;

    private const decimal BytesPerGb = 1024m * 1024 * 1024;

    /// <summary>What ends with the job.</summary>
    /// <param name="simulation">How long it probably runs.</param>
    /// <param name="checkpoints">How often it saves.</param>
    /// <param name="hasLocalDisk">True if no volume is billed.</param>
    /// <param name="retention">How long the artifact bucket keeps what the job stores.</param>
    public IEnumerable<CostLine> Job(TrainingJobSpec job, CostSimulationResult simulation, CheckpointChoice checkpoints, bool hasLocalDisk, ArtifactRetention retention)
    {
        var longest = TimeSpan.FromSeconds(job.MaxRuntimeSeconds) + CostEstimator.StopTime;

        // A job that moves may run on two markets for longer than on one, and what is counted at most is for one.
        var expected = TimeSpan.FromSeconds(Math.Min(simulation.Time.ExpectedSeconds, longest.TotalSeconds));
        yield return Nodes(job, simulation, longest);
        if (!hasLocalDisk)
        {
            yield return Used($"{job.InstanceCount} x {job.VolumeSizeGb} GB training volume", PriceNames.TrainingVolume, "GB-month",
                running => job.VolumeSizeGb * job.InstanceCount * Hours(running) / HoursPerMonth, expected, longest);
        }

        if (job.CheckpointSizeGb > 0)
        {
            var kept = KeptBy(job);
            decimal Saved(TimeSpan running) => checkpoints.IntervalSeconds > 0 ? decimal.Ceiling((decimal)(running.TotalSeconds / checkpoints.IntervalSeconds)) : 0;
            yield return Used($"checkpoints removed by rotation, {retention.RemovedDays} days in S3 (estimate)", PriceNames.Storage, "GB-month",
                running => job.CheckpointSizeGb * Math.Max(0, Saved(running) - kept) * retention.RemovedDays / DaysPerMonth, expected, longest);
            yield return Stored($"model and kept checkpoints, {retention.KeptDays} days in S3 (estimate)", job.CheckpointSizeGb * (1 + Math.Min(kept, Saved(longest))), retention.KeptDays);
        }

        yield return Used("logs (estimate)", PriceNames.LogIngestion, "GB of log",
            running => job.InstanceCount * Hours(running) * prices[PriceNames.LogVolume].Value!.Value, expected, longest);
    }

    /// <summary>Program and data that the pipeline uploads; no lifecycle rule of infra removes them.</summary>
    public IEnumerable<CostLine> Uploads(long bytes)
    {
        if (bytes > 0)
        {
            yield return Stored($"uploaded program and data, {ArtifactRetention.HorizonDays} days in S3", bytes / BytesPerGb, ArtifactRetention.HorizonDays);
        }
    }

    /// <summary>What exists, job or no job.</summary>
    /// <param name="standing">How long it is counted.</param>
    public IEnumerable<CostLine> Infrastructure(PlanRecord plan, TimeSpan standing)
    {
        IEnumerable<PlannedResource> Planned(string type) => plan.Resources.Where(resource => resource.Type == type && resource.Action != "delete");
        CostLine? Monthly(string type, string noun, string input, string unit)
        {
            var count = Planned(type).Count();
            return Provisioned(Counted.Format(count, noun), count, input, unit, standing / (double)HoursPerMonth, 1);
        }

        var lines = new List<CostLine?>
        {
            Provisioned($"{Counted.Format(plan.InterfaceEndpointZones, "interface endpoint")}, by zone", plan.InterfaceEndpointZones, PriceNames.InterfaceEndpoint, "zone-hour", standing, HoursPerMonth),
            Monthly("aws_kms_key", "KMS key", PriceNames.KmsKey, "key-month"),
            Monthly("aws_cloudwatch_metric_alarm", "metric alarm", PriceNames.Alarm, "alarm-month"),
            Monthly("aws_cloudwatch_composite_alarm", "composite alarm", PriceNames.CompositeAlarm, "alarm-month"),
            Monthly("aws_cloudwatch_dashboard", "dashboard", PriceNames.Dashboard, "dashboard-month"),
            Planned("aws_codebuild_project").Any() ? Builds(plan.Keeper, standing) : null,
        };
        lines.AddRange(Planned("aws_sagemaker_mlflow_tracking_server").GroupBy(SizeOf).Select(servers =>
            Provisioned($"{Counted.Format(servers.Count(), "MLflow server")}, {servers.Key}", servers.Count(), PriceNames.MlflowServer(servers.Key), "server-hour", standing, HoursPerMonth)));
        return lines.OfType<CostLine>();
    }

    /// <summary>What the pipeline publishes of a run, and its own alarm, while it follows the run.</summary>
    /// <param name="job">The job.</param>
    /// <param name="standing">How long that is counted.</param>
    public IEnumerable<CostLine> Observation(TrainingJobSpec job, TimeSpan standing)
    {
        if (job is not { Enabled: true, Alarms: { } alarms })
        {
            return [];
        }

        var (months, metrics) = (standing / (double)HoursPerMonth, (int)prices[PriceNames.RunMetrics].Value!.Value);
        return new[]
        {
            Provisioned($"{metrics} metrics of the run", metrics, PriceNames.CustomMetric, "metric-month", months, perMonth: null),
            Provisioned("alarm of the run", alarms.HasHeartbeat ? 1 : 0, PriceNames.Alarm, "alarm-month", months, perMonth: null),
        }.OfType<CostLine>();
    }

    private CostLine Nodes(TrainingJobSpec job, CostSimulationResult simulation, TimeSpan longest)
    {
        var rate = prices[job.InstanceType];
        var price = Price(rate);
        var discount = JobAssumptions.Discount(prices, PriceNames.ExpectedDiscount, job.InstanceType);
        return new CostLine
        {
            Name = $"{job.InstanceCount} x {job.InstanceType}, {(job.UseSpotInstances ? "managed spot" : "on demand")}",
            Quantity = Amount(Hours(longest) * job.InstanceCount),
            Unit = "node-hour",
            UnitPrice = price,
            Expected = Readable(price * (Hours(simulation.ExpectedBillable) * job.InstanceCount)),
            Ceiling = price * (Hours(longest) * job.InstanceCount),
            PerMonth = null,
            Source = rate.Origin(today) + (job.UseSpotInstances ? $"; expected discount {discount.Value!.Value.ToString("0.#%", CultureInfo.InvariantCulture)}: {discount.Origin(today)}" : ""),
        };
    }

    private CostLine Used(string name, string input, string unit, Func<TimeSpan, decimal> quantity, TimeSpan expected, TimeSpan longest)
    {
        var price = Price(prices[input]);
        return new CostLine
        {
            Name = name,
            Quantity = Amount(quantity(longest)),
            Unit = unit,
            UnitPrice = price,
            Expected = Readable(price * quantity(expected)),
            Ceiling = price * quantity(longest),
            PerMonth = null,
            Source = prices[input].Origin(today),
        };
    }

    // What nothing removes is billed every month.
    private CostLine Stored(string name, decimal gigabytes, int days)
    {
        var price = Price(prices[PriceNames.Storage]);
        var months = gigabytes * days / DaysPerMonth;
        return new CostLine
        {
            Name = name,
            Quantity = Amount(months),
            Unit = "GB-month",
            UnitPrice = price,
            Expected = Readable(price * months),
            Ceiling = price * months,
            PerMonth = price * gigabytes,
            Source = prices[PriceNames.Storage].Origin(today),
        };
    }

    private static int KeptBy(TrainingJobSpec job) =>
        job.Hyperparameters.TryGetValue(KeepSetting, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var kept) ? kept : KeptByDefault;

    private CostLine? Provisioned(string name, int count, string input, string unit, TimeSpan each, decimal? perMonth)
    {
        var price = Price(prices[input]);
        var cost = price * (count * Hours(each));
        return count == 0 ? null : new CostLine
        {
            Name = name,
            Quantity = Amount(count * Hours(each)),
            Unit = unit,
            UnitPrice = price,
            Expected = cost,
            Ceiling = cost,
            PerMonth = perMonth is { } month ? price * (count * month) : null,
            Source = prices[input].Origin(today),
        };
    }

    // The keeper's builds are longer while a run is open than for the rest of the month. How long those of another project take, nobody knows.
    private CostLine Builds(KeeperMinutes? keeper, TimeSpan standing)
    {
        var price = Price(prices[PriceNames.BuildMinute]);
        return new CostLine
        {
            Name = "builds of the keeper, one at a time",
            Quantity = keeper is { Ceiling: var minutes } ? Amount(minutes * Hours(standing)) : "unknown",
            Unit = "build-minute",
            UnitPrice = price,
            Expected = Readable(price * (keeper?.Expected * Hours(standing))),
            Ceiling = price * (keeper?.Ceiling * Hours(standing)),
            PerMonth = price * (keeper?.Idle * HoursPerMonth),
            Source = prices[PriceNames.BuildMinute].Origin(today),
        };
    }

    private static string SizeOf(PlannedResource server) =>
        server.Values.TryGetProperty("tracking_server_size", out var size) && size.GetString() is { } name ? name : "size not in the plan";

    private static Usd? Price(PriceInput input) => input.Value is { } value ? new Usd(value) : null;

    // Estimates carry no more than a hundredth of a cent.
    private static Usd? Readable(Usd? amount) => amount is { } known ? new Usd(decimal.Round(known.Amount, 4)) : null;

    private static decimal Hours(TimeSpan span) => span.Ticks / (decimal)TimeSpan.TicksPerHour;

    private static string Amount(decimal quantity) => quantity.ToString("0.####", CultureInfo.InvariantCulture);
}
