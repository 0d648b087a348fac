using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace BuildPipeline.Sandbox.Mlflow;

/// <summary>A parameter or a tag.</summary>
internal sealed record Entry(string Key, string Value);

/// <summary>One value of a metric.</summary>
/// <param name="Timestamp">Milliseconds since 1970.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed record Metric(string Key, double Value, long Timestamp, long Step)
{
    public JsonObject Describe() => new()
    {
        ["key"] = Key,
        ["value"] = double.IsNaN(Value) ? "NaN" : Value,
        ["timestamp"] = Timestamp,
        ["step"] = Step,
    };
}

/// <summary>An experiment.</summary>
/// <param name="CreatedAt">Milliseconds since 1970.</param>
internal sealed record Experiment(string Id, string Name, long CreatedAt, bool Deleted = false)
{
    public string Stage => Deleted ? "deleted" : "active";

    public JsonObject Describe() => new()
    {
        ["experiment_id"] = Id,
        ["name"] = Name,
        ["artifact_location"] = $"mlflow-artifacts:/{Id}",
        ["lifecycle_stage"] = Stage,
        ["creation_time"] = CreatedAt,
        ["last_update_time"] = CreatedAt,
    };
}

/// <summary>A run, without its metrics.</summary>
/// <param name="StartTime">Milliseconds since 1970.</param>
internal sealed record Run(string Id, string ExperimentId, string Name, long StartTime)
{
    public string UserId { get; init; } = "";

    /// <summary>RUNNING, SCHEDULED, FINISHED, FAILED or KILLED.</summary>
    public string Status { get; init; } = "RUNNING";

    /// <summary>Milliseconds since 1970; null while it runs.</summary>
    public long? EndTime { get; init; }

    public bool Deleted { get; init; }

    public Entry[] Params { get; init; } = [];

    public Entry[] Tags { get; init; } = [];

    public JsonObject DescribeInfo()
    {
        var info = new JsonObject
        {
            ["run_id"] = Id,
            ["run_uuid"] = Id,
            ["run_name"] = Name,
            ["experiment_id"] = ExperimentId,
            ["user_id"] = UserId,
            ["status"] = Status,
            ["start_time"] = StartTime,
            ["artifact_uri"] = $"mlflow-artifacts:/{ExperimentId}/{Id}/artifacts",
            ["lifecycle_stage"] = Deleted ? "deleted" : "active",
        };
        if (EndTime is { } end)
        {
            info["end_time"] = end;
        }

        return info;
    }

    /// <param name="latest">Of each metric the value of its last step.</param>
    public JsonObject Describe(IEnumerable<Metric> latest) => new()
    {
        ["info"] = DescribeInfo(),
        ["data"] = new JsonObject
        {
            ["metrics"] = new JsonArray([.. latest.Select(metric => metric.Describe())]),
            ["params"] = DescribeAll(Params),
            ["tags"] = DescribeAll(Tags),
        },
        ["inputs"] = new JsonObject(),
    };

    private static JsonArray DescribeAll(Entry[] entries) => [.. entries.Select(entry => new JsonObject { ["key"] = entry.Key, ["value"] = entry.Value })];
}

/// <summary>A registered model.</summary>
internal sealed record RegisteredModel(string Name, long CreatedAt, string Description)
{
    public JsonObject Describe() => new()
    {
        ["name"] = Name,
        ["creation_timestamp"] = CreatedAt,
        ["last_updated_timestamp"] = CreatedAt,
        ["description"] = Description,
    };
}

/// <summary>A version of a registered model.</summary>
internal sealed record ModelVersion(string Name, int Version, string Source, string RunId, long CreatedAt, string Description, Entry[] Tags)
{
    public JsonObject Describe() => new()
    {
        ["name"] = Name,
        ["version"] = $"{Version}",
        ["creation_timestamp"] = CreatedAt,
        ["last_updated_timestamp"] = CreatedAt,
        ["current_stage"] = "None",
        ["description"] = Description,
        ["source"] = Source,
        ["run_id"] = RunId,
        ["status"] = "READY",
        ["tags"] = new JsonArray([.. Tags.Select(tag => new JsonObject { ["key"] = tag.Key, ["value"] = tag.Value })]),
    };
}
