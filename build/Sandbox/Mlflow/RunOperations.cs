using System.Globalization;
using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Mlflow;

/// <summary>Operations on runs.</summary>
internal static class RunOperations
{
    private const string RunName = "mlflow.runName";

    private static readonly string[] Statuses = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"];

    public static JsonObject Create(MlflowStore store, JsonObject request)
    {
        var input = new MlflowInput("runs/create", request, "experiment_id", "user_id", "run_name", "start_time", "tags");
        var experiment = store.Experiment(input.Text("experiment_id") is { Length: > 0 } id ? id : "0");
        if (experiment.Deleted)
        {
            throw MlflowError.Invalid($"The experiment {experiment.Id} must be in the 'active' state. Current state is deleted.");
        }

        var tags = input.Objects("tags").Select(tag => MlflowRules.CheckedTag(EntryOf("a tag of runs/create", tag))).ToList();
        var tagged = tags.Find(tag => tag.Key == RunName)?.Value;
        var named = input.Text("run_name");
        if (named is { Length: > 0 } && tagged is not null && named != tagged)
        {
            throw MlflowError.Invalid(
                $"Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='{named}', mlflow.runName='{tagged}').");
        }

        var runId = Guid.NewGuid().ToString("N");
        var name = named is { Length: > 0 } ? named : tagged ?? $"run-{runId[..8]}";
        var run = new Run(runId, experiment.Id, name, input.Integer("start_time") ?? 0)
        {
            UserId = input.Text("user_id") ?? "",
            Tags = Merge([], [.. tags, new Entry(RunName, name)]),
        };
        return new JsonObject { ["run"] = store.Save(run).Describe([]) };
    }

    public static JsonObject Get(MlflowStore store, JsonObject request)
    {
        var run = store.Run(new MlflowInput("runs/get", request, "run_id", "run_uuid").RunId());
        return new JsonObject { ["run"] = run.Describe(store.Metrics(run.Id).Latest) };
    }

    public static JsonObject Update(MlflowStore store, JsonObject request)
    {
        var input = new MlflowInput("runs/update", request, "run_id", "run_uuid", "status", "end_time", "run_name");
        var run = store.ActiveRun(input.RunId());
        if (input.Text("status") is { } status)
        {
            run = run with
            {
                Status = Statuses.Contains(status) ? status : throw MlflowError.Invalid(
                    $"Invalid value \"{status}\" for parameter 'status' supplied. See the API docs for more information about request parameters."),
            };
        }

        if (input.Text("run_name") is { Length: > 0 } name)
        {
            run = run with { Name = name, Tags = Merge(run.Tags, [new Entry(RunName, name)]) };
        }

        return new JsonObject { ["run_info"] = store.Save(run with { EndTime = input.Integer("end_time") ?? run.EndTime }).DescribeInfo() };
    }

    public static JsonObject Delete(MlflowStore store, JsonObject request) => SetDeleted(store, "runs/delete", request, deleted: true);

    public static JsonObject Restore(MlflowStore store, JsonObject request) => SetDeleted(store, "runs/restore", request, deleted: false);

    public static JsonObject SetTag(MlflowStore store, JsonObject request)
    {
        var input = new MlflowInput("runs/set-tag", request, "run_id", "run_uuid", "key", "value");
        var run = store.ActiveRun(input.RunId());
        store.Save(run with { Tags = Merge(run.Tags, [MlflowRules.CheckedTag(new Entry(input.RequiredText("key"), input.Text("value") ?? ""))]) });
        return [];
    }

    /// <summary>Runs in the order of their start, the newest first.</summary>
    public static JsonObject Search(MlflowStore store, JsonObject request)
    {
        var input = new MlflowInput("runs/search", request, "experiment_ids", "filter", "run_view_type", "max_results", "order_by", "page_token");
        if (input.Texts("order_by").Count > 0)
        {
            throw MlflowError.NotEmulated("order_by of runs/search");
        }

        var size = input.Integer("max_results") ?? MlflowRules.RunsOnPage;
        if (size is < 1 or > MlflowRules.MostRunsOnPage)
        {
            throw MlflowError.Invalid($"Invalid value for request parameter max_results. It must be at most {MlflowRules.MostRunsOnPage}, but got value {size}");
        }

        var (experiments, filter) = (input.Texts("experiment_ids"), RunFilter.Parse(input.Text("filter")));
        var fits = StageOf(input.Text("run_view_type"));
        var found = store.Runs.Where(run => experiments.Contains(run.ExperimentId) && fits(run) && RunFilter.Fits(run, filter))
            .OrderByDescending(run => run.StartTime).ThenBy(run => run.Id, StringComparer.Ordinal).ToList();
        return Page("runs", found, run => run.Describe(store.Metrics(run.Id).Latest), input.Text("page_token"), size);
    }

    /// <summary>One page of a list; its token is where the next one starts.</summary>
    public static JsonObject Page<T>(string member, IReadOnlyList<T> all, Func<T, JsonObject> describe, string? token, long size)
    {
        var start = token is not { Length: > 0 } ? 0
            : int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var known) ? known
            : throw MlflowError.Invalid($"Invalid page token, could not base64-decode: {token}");
        var page = new JsonObject { [member] = new JsonArray([.. all.Skip(start).Take((int)size).Select(describe)]) };
        if (start + size < all.Count)
        {
            page["next_page_token"] = (start + size).ToString(CultureInfo.InvariantCulture);
        }

        return page;
    }

    /// <summary>Old entries with the new ones: of a key, the last one counts.</summary>
    public static Entry[] Merge(IEnumerable<Entry> old, IEnumerable<Entry> added) =>
        [.. old.Concat(added).GroupBy(entry => entry.Key, StringComparer.Ordinal).Select(group => group.Last())];

    public static Entry EntryOf(string part, JsonObject entry)
    {
        var input = new MlflowInput(part, entry, "key", "value");
        return new Entry(input.RequiredText("key"), input.Text("value") ?? "");
    }

    private static Func<Run, bool> StageOf(string? view) => view switch
    {
        null or "ACTIVE_ONLY" => run => !run.Deleted,
        "DELETED_ONLY" => run => run.Deleted,
        "ALL" => _ => true,
        _ => throw MlflowError.Invalid($"Invalid value \"{view}\" for parameter 'run_view_type' supplied. See the API docs for more information about request parameters."),
    };

    private static JsonObject SetDeleted(MlflowStore store, string operation, JsonObject request, bool deleted)
    {
        var run = store.Run(new MlflowInput(operation, request, "run_id").RequiredText("run_id"));
        store.Save(run with { Deleted = deleted });
        return [];
    }
}
