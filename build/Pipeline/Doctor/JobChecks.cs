using System.Text.Json;
using System.Text.RegularExpressions;
using BuildPipeline.Budgets;
using BuildPipeline.Jobs;
using BuildPipeline.Terraform;

namespace BuildPipeline.Doctor;

/// <summary>Judges the job that the environment's files describe, and whether its account and team have room for it.</summary>
public static partial class JobChecks
{
    private static readonly string[] Required = ["region", "team", "training_image_uri", "instance_type", "training_data_uri", "max_run_cost_usd"];

    /// <summary>The variables that a job cannot do without.</summary>
    public static Check Variables(VariableValues values)
    {
        var missing = Required.Where(name => string.IsNullOrWhiteSpace(values.Text(name))).ToList();
        return missing.Count > 0
            ? Check.Failed("variables", DoctorErrors.UnsetVariable, $"{string.Join(", ", missing)} must be set in the environment's .tfvars file. docs/reference/variables.md explains each.")
            : !values.IsTrue("enable_training_job")
                ? Check.Warning("variables", "enable_training_job is false: everything works except Launch. Set it to true when the price is known.")
            : Check.Good("variables", $"{values.Number("instance_count")} x {values.Text("instance_type")} in {values.Text("region")}, at most ${values.Text("max_run_cost_usd")} a run");
    }

    /// <summary>The job, as far as the checks need it; the variables are those that <see cref="Variables"/> found.</summary>
    public static TrainingJobSpec JobOf(VariableValues values, string environment) => new()
    {
        Name = $"{values.Text("name_prefix")}-{environment}",
        Region = values.Text("region")!,
        Environment = environment,
        Team = values.Text("team")!,
        TrainingImageUri = values.Text("training_image_uri")!,
        InstanceType = values.Text("instance_type")!,
        InstanceCount = (int)(values.Number("instance_count") ?? 1),
        VolumeSizeGb = (int)(values.Number("volume_size_gb") ?? 1),
        MaxRuntimeSeconds = (int)(values.Number("max_runtime_seconds") ?? 1),
        UseSpotInstances = values.IsTrue("use_spot_instances"),
        TrainingDataUri = values.Text("training_data_uri")!,
        ValidationDataUri = values.Text("validation_data_uri"),
        ModelDataUri = values.Text("model_data_uri"),
        ArtifactBucket = "",
        ArtifactPrefix = "",
        LogGroupName = "",
    };

    /// <summary>The service quotas that limit the job.</summary>
    public static Check Quotas(QuotaReport report)
    {
        var exceeded = report.Quotas.Where(quota => quota.IsExceeded).ToList();
        return exceeded.Count > 0
            ? Check.Failed("quotas", BudgetErrors.OverQuota, $"{string.Join("; ", exceeded.Select(quota => $"the job needs {quota.Needed:0} of '{quota.Name}', which is {quota.Limit:0}"))}. Request an increase in Service Quotas, which can take days.")
            : report.Warning is { } warning ? Check.Warning("quotas", warning)
            : report.Quotas.FirstOrDefault(quota => quota.Limit is null) is { } unknown ? Check.Warning("quotas", $"AWS lists no quota '{unknown.Name}'. Look for it under Service Quotas.")
            : Check.Good("quotas", string.Join("; ", report.Quotas.Select(quota => $"{quota.Needed:0} of {quota.Limit:0} {quota.Name}")));
    }

    /// <summary>The training image.</summary>
    /// <param name="job">The job.</param>
    /// <param name="problem">Why the account cannot run it; null if none is known.</param>
    /// <param name="isKnown">True if the account has the image, false if only its registry knows.</param>
    /// <param name="endpoint">Address that stands for ECR; null if that is AWS.</param>
    public static Check Image(TrainingJobSpec job, string? problem, bool isKnown, string? endpoint)
    {
        var uri = job.TrainingImageUri;
        if (problem is not null)
        {
            return Check.Failed("image", JobErrors.UnusableImage, $"{uri}: {problem}");
        }

        if (isKnown)
        {
            return Check.Good("image", uri);
        }

        if (RegistryPattern().Match(uri) is not { Success: true } registry)
        {
            return Check.Warning("image", $"{uri} is in no ECR registry, so it was not checked. SageMaker needs access to its registry.");
        }

        var (account, region, repository, version) = (registry.Groups[1].Value, registry.Groups[2].Value, registry.Groups[3].Value, registry.Groups[4].Value);
        return region != job.Region
            ? Check.Failed("image", DoctorErrors.OtherRegistry, $"{uri} is in {region}, but the job runs in {job.Region}. Copy the image to a repository in {job.Region}.")
            : endpoint is not null ? Check.Warning("image", $"{uri} was not looked up: requests go to {endpoint}, which may have no ECR. If it cannot run the image, it refuses the job at Launch.")
            : Check.Warning("image", $"{uri} was not looked up. See whether it exists with:\n  aws ecr batch-get-image --registry-id {account} --region {region} --repository-name {repository} --image-ids {IdOf(version)} --query images[].imageId");
    }

    /// <summary>The team's budget.</summary>
    /// <param name="values">The variables, which have the limits.</param>
    /// <param name="ledger">The team's ledger; null if the team has no limits.</param>
    public static Check Budget(VariableValues values, LedgerSnapshot? ledger)
    {
        var team = values.Text("team")!;
        if (values.Map("teams") is not { Count: > 0 } teams)
        {
            return Check.Good("budget", $"no team has limits; max_run_cost_usd is ${values.Text("max_run_cost_usd")}");
        }

        if (teams[team] is not { } own)
        {
            return Check.Failed("budget", DoctorErrors.UnknownTeam, $"team is {team}, which is not in teams (it has {string.Join(", ", teams.Select(entry => entry.Key))}). Add it, or correct team.");
        }

        var (limits, taken) = (own.Deserialize<TeamLimits>(RunJson.Indented)!, ledger!.Ledger.TakenAt(ledger.Now));
        return taken.Usd >= limits.UsdPerMonth
            ? Check.Failed("budget", BudgetErrors.OverMonthlyDollars, $"Team {team} has spent or reserved {taken.Usd} of its {limits.UsdPerMonth} a month. Wait until its other runs are settled, or raise usd_per_month.")
            : taken.GpuHours >= limits.GpuHoursPerMonth
                ? Check.Failed("budget", BudgetErrors.OverMonthlyGpuHours, $"Team {team} has used or reserved {taken.GpuHours:0.##} of its {limits.GpuHoursPerMonth:0.##} GPU-hours a month. Wait until its other runs are settled, or raise gpu_hours_per_month.")
            : Check.Good("budget", $"team {team}: {(limits.UsdPerMonth - taken.Usd)?.ToString() ?? "no limit of dollars"}{(limits.UsdPerMonth is null ? "" : $" of {limits.UsdPerMonth} left this month")}");
    }

    private static string IdOf(string version) => version.StartsWith('@') ? $"imageDigest={version[1..]}" : version.StartsWith(':') ? $"imageTag={version[1..]}" : "imageTag=latest";

    [GeneratedRegex("^([0-9]{12})\\.dkr\\.ecr\\.([a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?/([^:@]+)((?:[:@].+)?)$")]
    private static partial Regex RegistryPattern();
}
