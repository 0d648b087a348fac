using System.Security.Cryptography;
using System.Text.Json;
using BuildPipeline.Budgets;
using BuildPipeline.Jobs;

namespace BuildPipeline.Terraform;

/// <summary>Reads terraform's JSON documents: plan, outputs.</summary>
public static class TerraformDocuments
{
    /// <summary>Type of a training job that Terraform submits.</summary>
    public const string TrainingJob = "aws_sagemaker_training_job";

    // The version of infra's variables and outputs that this program reads.
    private const int SchemaVersion = 1;

    /// <summary>Reads <c>terraform show -json PLANFILE</c>.</summary>
    /// <param name="json">The document.</param>
    /// <param name="planFile">The saved plan that it describes.</param>
    /// <param name="plannedAt">When it was planned.</param>
    /// <exception cref="PipelineException">An output is missing, or is not known at plan time (exit code 2).</exception>
    public static (PlanRecord Plan, TrainingJobSpec Job) ReadPlan(string json, string planFile, DateTimeOffset plannedAt)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var outputs = root.GetProperty("output_changes");
        var resources = root.TryGetProperty("resource_changes", out var changes)
            ? changes.EnumerateArray().Where(change => change.GetProperty("mode").GetString() == "managed").Select(ReadResource).ToList()
            : [];
        RequireSchema(outputs);
        var policy = Read<CostPolicy>("cost_policy", Planned(outputs, "cost_policy"));
        var plan = new PlanRecord
        {
            PlanSha256 = Sha256(planFile),
            TerraformVersion = root.GetProperty("terraform_version").GetString()!,
            PlannedAt = plannedAt,
            Add = resources.Count(resource => resource.Action is "create" or "replace"),
            Change = resources.Count(resource => resource.Action is "update"),
            Destroy = resources.Count(resource => resource.Action is "delete" or "replace"),
            ChangesNothing = (changes.ValueKind != JsonValueKind.Array || changes.EnumerateArray().All(IsUnchanged)) && !HasUnknown(outputs.GetProperty("training_job")),
            Resources = resources,
            InterfaceEndpointZones = Read<int>("interface_endpoint_network_interfaces", Planned(outputs, "interface_endpoint_network_interfaces", JsonValueKind.Number)),
            Keeper = Keeper(outputs),
            MaxRunCostUsd = policy.MaxRunCostUsd,
            AllowSelfApproval = policy.AllowSelfApproval,
            AutoApproveUsd = policy.AutoApproveUsd,
            ApprovalKeyArn = policy.ApprovalKeyArn,
            PolicyCommand = policy.PolicyCommand,
            TeamLimits = policy.TeamLimits,
            DestroyedTrainingJobs = changes.ValueKind == JsonValueKind.Array ? [.. changes.EnumerateArray().Where(DestroysTrainingJob).Select(job => job.GetProperty("change").GetProperty("before").Text("training_job_name")!)] : [],
        };
        return (plan with { ContentSha256 = PlanContent.Sha256(plan) }, Job(Planned(outputs, "training_job")));
    }

    /// <summary>Reads the job out of <c>terraform output -json</c>.</summary>
    /// <exception cref="PipelineException">The output is missing (exit code 2).</exception>
    public static TrainingJobSpec ReadJob(string outputsJson)
    {
        using var document = JsonDocument.Parse(outputsJson);
        return document.RootElement.TryGetProperty("training_job", out var output)
            ? Job(output.GetProperty("value"))
            : throw Missing("training_job");
    }

    /// <summary>The job that Terraform submitted and its ceiling, out of <c>terraform output -json</c>; null if the outputs are those of another job.</summary>
    public static (TrainingJobSpec Job, Usd? Ceiling)? ReadSubmitted(string outputsJson, string jobName)
    {
        using var document = JsonDocument.Parse(outputsJson);
        var outputs = document.RootElement;
        if (!outputs.TryGetProperty("training_job_name", out var name) || name.Text("value") != jobName || !outputs.TryGetProperty("training_job", out var job))
        {
            return null;
        }

        var ceiling = outputs.TryGetProperty("ceiling_usd", out var usd) && usd.GetProperty("value") is { ValueKind: JsonValueKind.Number } amount ? new Usd(amount.GetDecimal()) : (Usd?)null;
        return (Job(job.GetProperty("value")), ceiling);
    }

    /// <summary>What the outputs say of the stack; null if nothing is applied.</summary>
    public static AppliedStack? ReadApplied(string outputsJson)
    {
        using var document = JsonDocument.Parse(outputsJson);
        return document.RootElement.TryGetProperty("artifact_bucket_name", out var bucket)
            ? new AppliedStack(bucket.GetProperty("value").GetString()!, document.RootElement.GetProperty("training_job_name").GetProperty("value").GetString()!)
            {
                HasAlarms = document.RootElement.TryGetProperty("training_job", out var job) && job.GetProperty("value").TryGetProperty("alarms", out var alarms) && alarms.ValueKind == JsonValueKind.Object,
            }
            : null;
    }

    /// <summary>The resources that a plan creates.</summary>
    public static IReadOnlyList<PlannedResource> ReadPlannedCreations(string planJson)
    {
        using var document = JsonDocument.Parse(planJson);
        return document.RootElement.TryGetProperty("resource_changes", out var changes)
            ? [.. changes.EnumerateArray().Where(change => change.GetProperty("mode").GetString() == "managed").Select(ReadResource).Where(resource => resource.Action == "create")]
            : [];
    }

    /// <summary>Addresses of the resources that a plan destroys.</summary>
    public static IReadOnlyList<string> ReadPlannedDestructions(string planJson)
    {
        using var document = JsonDocument.Parse(planJson);
        return document.RootElement.TryGetProperty("resource_changes", out var changes)
            ? [.. changes.EnumerateArray().Where(change => change.GetProperty("mode").GetString() == "managed").Select(ReadResource)
                .Where(resource => resource.Action == "delete").Select(resource => resource.Address)]
            : [];
    }

    /// <summary>True if the state that a plan starts from has resources.</summary>
    public static bool HasPriorResources(string planJson)
    {
        using var document = JsonDocument.Parse(planJson);
        return document.RootElement.TryGetProperty("prior_state", out var state) && state.TryGetProperty("values", out var values)
            && Addresses(values.GetProperty("root_module")).Any();
    }

    /// <summary>The ids of the resources in the state that a plan starts from, by their address.</summary>
    public static IReadOnlyDictionary<string, string> ReadPriorIds(string planJson)
    {
        using var document = JsonDocument.Parse(planJson);
        return document.RootElement.TryGetProperty("prior_state", out var state) && state.TryGetProperty("values", out var values)
            ? Resources(values.GetProperty("root_module"))
                .Select(resource => (Address: resource.GetProperty("address").GetString()!, Id: resource.GetProperty("values").Text("id")))
                .Where(resource => resource.Id is not null)
                .ToDictionary(resource => resource.Address, resource => resource.Id!)
            : new Dictionary<string, string>();
    }

    /// <summary>A text of a JSON object; null if it has none, or it is not known yet.</summary>
    public static string? Text(this JsonElement values, string name) =>
        values.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Addresses of the managed resources in <c>terraform show -json</c> of a state.</summary>
    public static IReadOnlyList<string> ReadAddresses(string stateJson)
    {
        using var document = JsonDocument.Parse(stateJson);
        return document.RootElement.TryGetProperty("values", out var values) ? [.. Addresses(values.GetProperty("root_module"))] : [];
    }

    /// <summary>Name of the artifact bucket in <c>terraform show -json</c> of a state; null if the state has none.</summary>
    public static string? ReadBucket(string stateJson)
    {
        using var document = JsonDocument.Parse(stateJson);
        return document.RootElement.TryGetProperty("values", out var values)
            ? Resources(values.GetProperty("root_module")).Where(resource => resource.GetProperty("type").GetString() == "aws_s3_bucket")
                .Select(resource => resource.GetProperty("values").Text("bucket")).FirstOrDefault()
            : null;
    }

    private static IEnumerable<string> Addresses(JsonElement module) => Resources(module).Select(resource => resource.GetProperty("address").GetString()!);

    private static IEnumerable<JsonElement> Resources(JsonElement module)
    {
        var own = module.TryGetProperty("resources", out var resources) ? resources.EnumerateArray() : default;
        var nested = module.TryGetProperty("child_modules", out var children) ? children.EnumerateArray() : default;
        return own.Where(resource => resource.GetProperty("mode").GetString() == "managed").Concat(nested.SelectMany(Resources));
    }

    /// <summary>SHA-256 of a file, hex.</summary>
    public static string Sha256(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    // An output of another version may mean something else.
    private static void RequireSchema(JsonElement outputs)
    {
        if (outputs.TryGetProperty("schema_version", out var output) && output.GetProperty("after") is { ValueKind: JsonValueKind.Number } after && after.GetDecimal() != SchemaVersion)
        {
            throw new PipelineException(
                TerraformErrors.InvalidOutput, $"infra has schema_version {after}, but this pipeline reads version {SchemaVersion}. Use the infra and the pipeline of one release.");
        }
    }

    private static bool IsUnchanged(JsonElement resource) => resource.GetProperty("change") is var change
        && change.GetProperty("actions").EnumerateArray().All(action => action.GetString() == "no-op")
        && !(change.TryGetProperty("importing", out var importing) && importing.ValueKind == JsonValueKind.Object);

    // Values that only apply will know are true, at whatever depth.
    private static bool HasUnknown(JsonElement output) => output.TryGetProperty("after_unknown", out var unknown) && HasTrue(unknown);

    private static bool HasTrue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Any(member => HasTrue(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().Any(HasTrue),
        _ => value.ValueKind == JsonValueKind.True,
    };

    private static bool DestroysTrainingJob(JsonElement resource) =>
        resource.GetProperty("type").GetString() == TrainingJob && resource.GetProperty("change").GetProperty("actions").EnumerateArray().Any(action => action.GetString() == "delete");

    private static TrainingJobSpec Job(JsonElement value)
    {
        var job = Read<TrainingJobSpec>("training_job", value);
        return job with { SubnetIds = Known(job.SubnetIds), SecurityGroupIds = Known(job.SecurityGroupIds) };
    }

    // Terraform's numbers have no bounds, those of the pipeline do.
    private static T Read<T>(string output, JsonElement value)
    {
        try
        {
            return value.Deserialize<T>(RunJson.Compact)!;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or OverflowException)
        {
            throw new PipelineException(
                TerraformErrors.InvalidOutput, $"The Terraform output {output} does not have the form that the pipeline expects: {exception.Message}", exception);
        }
    }

    // In a plan, elements that only apply will know are null.
    private static IReadOnlyList<string>? Known(IReadOnlyList<string>? ids) => ids is null || ids.Contains(null!) ? null : ids;

    private static JsonElement Planned(JsonElement outputs, string name, JsonValueKind kind = JsonValueKind.Object) =>
        outputs.TryGetProperty(name, out var output) && output.TryGetProperty("after", out var after) && after.ValueKind == kind
            ? after
            : throw Missing(name);

    // An absent value is known; one that apply decides on is not.
    private static KeeperMinutes? Keeper(JsonElement outputs)
    {
        const string Name = "keeper_minutes";
        var isAbsent = !outputs.TryGetProperty(Name, out var output)
            || (output.TryGetProperty("after", out var after) && after.ValueKind == JsonValueKind.Null && !(output.TryGetProperty("after_unknown", out var unknown) && unknown.ValueKind == JsonValueKind.True));
        return isAbsent ? null : Read<KeeperMinutes>(Name, Planned(outputs, Name));
    }

    private static PipelineException Missing(string name) =>
        new(TerraformErrors.MissingOutput, $"Terraform's plan has no output '{name}' with values. Declare it in infra/outputs.tf.");

    private static PlannedResource ReadResource(JsonElement resource)
    {
        var change = resource.GetProperty("change");
        var actions = change.GetProperty("actions").EnumerateArray().Select(action => action.GetString()!).ToList();
        return new PlannedResource(
            resource.GetProperty("address").GetString()!,
            resource.GetProperty("type").GetString()!,
            actions.Count > 1 ? "replace" : actions[0],
            change.GetProperty("after").Clone());
    }

    private sealed record CostPolicy
    {
        public required Usd MaxRunCostUsd { get; init; }

        public TeamLimits? TeamLimits { get; init; }

        public bool AllowSelfApproval { get; init; }

        public Usd AutoApproveUsd { get; init; }

        public string? ApprovalKeyArn { get; init; }

        public string? PolicyCommand { get; init; }
    }
}

/// <summary>The applied stack, as Cleanup needs it.</summary>
/// <param name="ArtifactBucket">The artifact bucket.</param>
/// <param name="JobName">Base of the names of its training jobs.</param>
public sealed record AppliedStack(string ArtifactBucket, string JobName)
{
    /// <summary>True if its runs have alarms.</summary>
    public bool HasAlarms { get; init; }
}
