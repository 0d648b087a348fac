using System.Text.Json.Nodes;

namespace BuildPipeline.Tracking;

/// <summary>A run as an MLflow server has it.</summary>
/// <param name="ExperimentId">The experiment.</param>
/// <param name="Id">MLflow's ID of the run.</param>
/// <param name="Known">What the server has of it.</param>
public sealed record MlflowRun(string ExperimentId, string Id, KnownRun Known);

/// <summary>Finds a run on an MLflow server by its tag, or creates it there.</summary>
public sealed class MlflowRuns(MlflowClient client, string experiment)
{
    private const string Page = "25000";

    /// <summary>Finds or creates the run, and reads what the server has of it.</summary>
    /// <exception cref="TrackerException">The experiment or the run is deleted, or the server does not answer.</exception>
    public async Task<MlflowRun> OpenAsync(TrackedRun run, CancellationToken cancellationToken)
    {
        var experimentId = await ExperimentAsync(cancellationToken);
        var found = await FindAsync(experimentId, run.RunId, cancellationToken);
        if (found is null)
        {
            await client.PostAsync("runs/create", new JsonObject
            {
                ["experiment_id"] = experimentId,
                ["run_name"] = run.Name,
                ["start_time"] = run.StartedAt.ToUnixTimeMilliseconds(),
                ["tags"] = new JsonArray(new JsonObject { ["key"] = TrackedRun.RunIdTag, ["value"] = run.RunId }),
            }, cancellationToken);

            // Another process may have created it in the same moment.
            found = await FindAsync(experimentId, run.RunId, cancellationToken) ?? throw new TrackerException($"It does not find the run that it has just created in the experiment {experiment}.");
        }

        var id = IdOf(found);
        var known = Read(found);
        foreach (var name in run.Metrics.Select(point => point.Name).Distinct())
        {
            await ReadHistoryAsync(id, name, known, cancellationToken);
        }

        return new MlflowRun(experimentId, id, known);
    }

    /// <summary>True if nobody else has written to the run, or deleted it, since it was read, as far as the last value of each metric tells.</summary>
    public async Task<bool> IsCurrentAsync(MlflowRun run, CancellationToken cancellationToken)
    {
        var found = (await client.GetAsync("runs/get", cancellationToken, ("run_id", run.Id)))["run"]!;
        return found["info"]!["lifecycle_stage"]?.ToString() != "deleted"
            && (found["data"]?["metrics"] as JsonArray ?? []).All(value => run.Known.Metrics.Contains(KeyOf(value!["key"]!.ToString(), value)));
    }

    private static string IdOf(JsonObject run) => run["info"]!["run_id"]!.ToString();

    private async Task<string> ExperimentAsync(CancellationToken cancellationToken)
    {
        if (await FindExperimentAsync(cancellationToken) is { } found)
        {
            return found;
        }

        try
        {
            return (await client.PostAsync("experiments/create", new JsonObject { ["name"] = experiment }, cancellationToken))["experiment_id"]!.ToString();
        }
        catch (MlflowException exception) when (exception.IsExisting)
        {
            return await FindExperimentAsync(cancellationToken) ?? throw new TrackerException($"Its experiment {experiment} exists and is not found.", exception);
        }
    }

    private async Task<string?> FindExperimentAsync(CancellationToken cancellationToken)
    {
        try
        {
            var found = (await client.GetAsync("experiments/get-by-name", cancellationToken, ("experiment_name", experiment)))["experiment"]!;
            return found["lifecycle_stage"]?.ToString() != "deleted"
                ? found["experiment_id"]!.ToString()
                : throw new TrackerException($"Its experiment \"{experiment}\" is deleted. Restore it, or name another one in mlflow_servers for the next run.");
        }
        catch (MlflowException exception) when (exception.IsNotFound)
        {
            return null;
        }
    }

    // Where two processes have created the run, all agree on one, and the others' runs go: what is in them is sent again.
    private async Task<JsonObject?> FindAsync(string experimentId, string runId, CancellationToken cancellationToken)
    {
        var answer = await client.PostAsync("runs/search", new JsonObject
        {
            ["experiment_ids"] = new JsonArray(experimentId),
            ["filter"] = $"tags.`{TrackedRun.RunIdTag}` = '{runId}'",
            ["run_view_type"] = "ALL",
            ["max_results"] = 100,
        }, cancellationToken);
        var all = (answer["runs"] as JsonArray ?? []).Select(run => run!.AsObject()).ToList();
        var active = all.Where(run => run["info"]!["lifecycle_stage"]?.ToString() != "deleted").OrderBy(IdOf, StringComparer.Ordinal).ToList();
        if (active.Count == 0)
        {
            return all.Count == 0 ? null : throw new TrackerException($"Its run {IdOf(all[0])} in the experiment \"{experiment}\" was deleted there. Restore it to have it brought up to date.");
        }

        foreach (var other in active.Skip(1))
        {
            await client.PostAsync("runs/delete", new JsonObject { ["run_id"] = IdOf(other) }, cancellationToken);
        }

        return active[0];
    }

    private static KnownRun Read(JsonObject run)
    {
        var (known, info, data) = (new KnownRun(), run["info"]!, run["data"]);
        foreach (var (list, entries) in new[] { ("params", known.Params), ("tags", known.Tags) })
        {
            foreach (var entry in data?[list] as JsonArray ?? [])
            {
                entries[entry!["key"]!.ToString()] = entry["value"]?.ToString() ?? "";
            }
        }

        known.State = Enum.TryParse<TrackedState>(info["status"]?.ToString(), ignoreCase: true, out var state) ? state : null;
        known.EndedAt = Integer(info["end_time"]);
        return known;
    }

    private async Task ReadHistoryAsync(string runId, string name, KnownRun known, CancellationToken cancellationToken)
    {
        for (string? token = ""; token is not null;)
        {
            var page = await client.GetAsync(
                "metrics/get-history", cancellationToken,
                [("run_id", runId), ("metric_key", name), ("max_results", Page), .. token.Length > 0 ? [("page_token", token)] : Array.Empty<(string, string)>()]);
            foreach (var value in page["metrics"] as JsonArray ?? [])
            {
                known.Metrics.Add(KeyOf(name, value!));
            }

            token = page["next_page_token"]?.ToString() is { Length: > 0 } next ? next : null;
        }
    }

    private static MetricKey KeyOf(string name, JsonNode value) => new(name, Integer(value["step"]) ?? 0, Integer(value["timestamp"]) ?? 0);

    // protobuf's JSON has 64-bit numbers as strings; MLflow's own as numbers.
    private static long? Integer(JsonNode? node) => node is null ? null : long.Parse(node.ToString(), System.Globalization.CultureInfo.InvariantCulture);
}
