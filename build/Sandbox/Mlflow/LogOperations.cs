using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Mlflow;

/// <summary>Operations that log to a run, and that read a metric's history.</summary>
internal static class LogOperations
{
    public static JsonObject LogBatch(MlflowStore store, JsonObject request)
    {
        var input = new MlflowInput("runs/log-batch", request, "run_id", "metrics", "params", "tags");
        var (metrics, parameters, tags) = (input.Objects("metrics"), input.Objects("params"), input.Objects("tags"));
        MlflowRules.RequireBatch(metrics.Count, parameters.Count, tags.Count);
        Log(
            store,
            input.RequiredText("run_id"),
            [.. metrics.Select(metric => MetricOf("a metric of runs/log-batch", metric, "key", "value", "timestamp", "step"))],
            [.. parameters.Select(entry => RunOperations.EntryOf("a param of runs/log-batch", entry))],
            [.. tags.Select(entry => RunOperations.EntryOf("a tag of runs/log-batch", entry))]);
        return [];
    }

    public static JsonObject LogMetric(MlflowStore store, JsonObject request)
    {
        var metric = MetricOf("runs/log-metric", request, "run_id", "run_uuid", "key", "value", "timestamp", "step");
        Log(store, new MlflowInput("runs/log-metric", request, [.. request.Select(member => member.Key)]).RunId(), [metric], [], []);
        return [];
    }

    public static JsonObject LogParameter(MlflowStore store, JsonObject request)
    {
        var input = new MlflowInput("runs/log-parameter", request, "run_id", "run_uuid", "key", "value");
        Log(store, input.RunId(), [], [new Entry(input.RequiredText("key"), input.Text("value") ?? "")], []);
        return [];
    }

    public static JsonObject History(MlflowStore store, JsonObject request)
    {
        var input = new MlflowInput("metrics/get-history", request, "run_id", "run_uuid", "metric_key", "page_token", "max_results");
        var found = store.Metrics(input.RunId()).Find(input.RequiredText("metric_key"));
        return RunOperations.Page("metrics", found, metric => metric.Describe(), input.Text("page_token"), input.Integer("max_results") ?? Math.Max(1, found.Count));
    }

    private static Metric MetricOf(string part, JsonObject metric, params string[] known)
    {
        var input = new MlflowInput(part, metric, known);
        return new Metric(
            input.RequiredText("key"), input.RequiredNumber("value"), input.Integer("timestamp") ?? throw MlflowError.Invalid(
                "Missing value for required parameter 'timestamp'. See the API docs for more information about request parameters."),
            input.Integer("step") ?? 0);
    }

    // Checked as a whole before anything is written.
    private static void Log(MlflowStore store, string runId, IReadOnlyList<Metric> metrics, IReadOnlyList<Entry> parameters, IReadOnlyList<Entry> tags)
    {
        var run = store.ActiveRun(runId);
        var logged = parameters.Select(MlflowRules.CheckedParam).ToList();
        var repeated = logged.GroupBy(entry => entry.Key).Where(group => group.Count() > 1).Select(group => group.Key).ToList();
        if (repeated.Count > 0)
        {
            throw MlflowError.Invalid(
                $"Duplicate parameter keys have been submitted: {string.Join(", ", repeated)}. Please ensure the request contains only one param value per param key.");
        }

        foreach (var entry in logged)
        {
            if (Array.Find(run.Params, known => known.Key == entry.Key) is { } known && known.Value != entry.Value)
            {
                throw MlflowError.Invalid(
                    $"Changing param values is not allowed. Param with key='{entry.Key}' was already logged with value='{known.Value}' for run ID='{runId}'. Attempted logging new value '{entry.Value}'.");
            }
        }

        var values = metrics.Select(MlflowRules.Checked).ToList();
        var merged = run with { Params = RunOperations.Merge(run.Params, logged), Tags = RunOperations.Merge(run.Tags, tags.Select(MlflowRules.CheckedTag)) };
        store.Metrics(runId).Add(values);
        if (parameters.Count + tags.Count > 0)
        {
            store.Save(merged);
        }
    }
}
