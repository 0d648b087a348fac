using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Tracking;

/// <summary>One experiment of an MLflow server. A run of the pipeline is one run there, whichever process sends it, and however often.</summary>
/// <remarks>
/// What the server has is read before the first request of a process, after any request whose result is not known, and after another process has
/// written: so a lost answer, a second process or a server that was down leads to no value that is there twice.
/// </remarks>
public sealed class MlflowTracker(MlflowClient client, string experiment) : ITracker
{
    private MlflowRun? _run;
    private HashSet<string> _read = [];
    private TrackedModel? _registered;

    /// <inheritdoc/>
    public string Name => $"MLflow at {client.Access.Name}";

    /// <inheritdoc/>
    public bool IsLocal => false;

    /// <inheritdoc/>
    public async Task<TrackerReport> SendAsync(TrackedRun run, CancellationToken cancellationToken)
    {
        var form = MlflowForm.Create(run);
        var opened = _run;
        _run = null;
        try
        {
            // Another process may have written meanwhile, also a metric that is new in the log.
            var (runs, names) = (new MlflowRuns(client, experiment), form.Metrics.Select(point => point.Name).ToHashSet());
            if (opened is null || !names.IsSubsetOf(_read) || !await runs.IsCurrentAsync(opened, cancellationToken))
            {
                opened = await runs.OpenAsync(form, cancellationToken);
            }

            var difference = RunDifference.Between(opened.Known, form);
            foreach (var batch in MlflowBatch.Create(opened.Id, difference))
            {
                await client.PostAsync("runs/log-batch", batch, cancellationToken);
            }

            await UpdateAsync(opened.Id, difference, cancellationToken);
            await RegisterAsync(opened.Id, run.Model, cancellationToken);
            opened.Known.Add(difference);
            (_run, _read) = (opened, names);
            return new TrackerReport(client.Access.PageOf(opened.ExperimentId, opened.Id), Notes(run, difference));
        }
        catch (MlflowException exception)
        {
            throw new TrackerException(exception.Message, exception);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or NullReferenceException)
        {
            throw new TrackerException($"Its answer is not one of MLflow's REST API 2.0: {exception.Message}", exception);
        }
    }

    private static string[] Notes(TrackedRun run, RunDifference difference) =>
    [
        .. difference.Conflicts.Select(key => $"It has another value of the parameter {key}, which MLflow does not change."),
        .. MlflowForm.CountCut(run) is > 0 and var cut ? [$"{Counted.Format(cut, "value")} longer than MLflow takes {(cut == 1 ? "is" : "are")} cut."] : Array.Empty<string>(),
    ];

    private async Task UpdateAsync(string id, RunDifference difference, CancellationToken cancellationToken)
    {
        if (difference.State is { } state)
        {
            var update = new JsonObject { ["run_id"] = id, ["status"] = state.ToString().ToUpperInvariant() };
            if (difference.EndedAt is { } end)
            {
                update["end_time"] = end;
            }

            await client.PostAsync("runs/update", update, cancellationToken);
        }
    }

    private async Task RegisterAsync(string id, TrackedModel? model, CancellationToken cancellationToken)
    {
        if (model is null || model == _registered)
        {
            return;
        }

        var found = await client.GetAsync("model-versions/search", cancellationToken, ("filter", $"run_id='{id}'"));
        if (!(found["model_versions"] as JsonArray ?? []).Any(version => version!["name"]?.ToString() == model.Name && version["source"]?.ToString() == model.Source))
        {
            try
            {
                await client.PostAsync("registered-models/create", new JsonObject { ["name"] = model.Name }, cancellationToken);
            }
            catch (MlflowException exception) when (exception.IsExisting)
            {
                // One more version of it.
            }

            await client.PostAsync("model-versions/create", new JsonObject { ["name"] = model.Name, ["source"] = model.Source, ["run_id"] = id }, cancellationToken);
        }

        _registered = model;
    }
}
