using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Mlflow;

/// <summary>Operations on experiments.</summary>
internal static class ExperimentOperations
{
    public static JsonObject Create(MlflowStore store, JsonObject request)
    {
        var name = new MlflowInput("experiments/create", request, "name").RequiredText("name");
        MlflowRules.RequireExperimentName(name);
        return store.Experiments.Any(experiment => experiment.Name == name)
            ? throw MlflowError.Exists($"Experiment(name={name}) already exists.")
            : new JsonObject { ["experiment_id"] = store.AddExperiment(name).Id };
    }

    public static JsonObject GetByName(MlflowStore store, JsonObject request)
    {
        var name = new MlflowInput("experiments/get-by-name", request, "experiment_name").RequiredText("experiment_name");
        var found = store.Experiments.FirstOrDefault(experiment => experiment.Name == name) ?? throw MlflowError.NotFound($"Could not find experiment with name '{name}'");
        return new JsonObject { ["experiment"] = found.Describe() };
    }

    public static JsonObject Get(MlflowStore store, JsonObject request) => new() { ["experiment"] = Named(store, "experiments/get", request).Describe() };

    public static JsonObject Delete(MlflowStore store, JsonObject request) => SetDeleted(store, "experiments/delete", request, deleted: true);

    public static JsonObject Restore(MlflowStore store, JsonObject request) => SetDeleted(store, "experiments/restore", request, deleted: false);

    private static Experiment Named(MlflowStore store, string operation, JsonObject request) =>
        store.Experiment(new MlflowInput(operation, request, "experiment_id").RequiredText("experiment_id"));

    // The runs of a deleted experiment are deleted with it, and restored with it.
    private static JsonObject SetDeleted(MlflowStore store, string operation, JsonObject request, bool deleted)
    {
        var experiment = Named(store, operation, request);
        store.Replace(experiment with { Deleted = deleted });
        foreach (var run in store.Runs.Where(run => run.ExperimentId == experiment.Id).ToList())
        {
            store.Save(run with { Deleted = deleted });
        }

        return [];
    }
}
