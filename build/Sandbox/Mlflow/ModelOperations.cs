using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Mlflow;

/// <summary>Operations of the model registry.</summary>
internal static class ModelOperations
{
    private const int MostVersions = 200_000;

    public static JsonObject CreateModel(MlflowStore store, JsonObject request)
    {
        var input = new MlflowInput("registered-models/create", request, "name", "description");
        var name = input.RequiredText("name");
        if (store.Models.Any(model => model.Name == name))
        {
            throw MlflowError.Exists($"Registered Model (name={name}) already exists.");
        }

        store.Add(new RegisteredModel(name, store.Now, input.Text("description") ?? ""));
        return GetModel(store, new JsonObject { ["name"] = name });
    }

    public static JsonObject GetModel(MlflowStore store, JsonObject request) =>
        new() { ["registered_model"] = Named(store, new MlflowInput("registered-models/get", request, "name").RequiredText("name")).Describe() };

    public static JsonObject CreateVersion(MlflowStore store, JsonObject request)
    {
        var input = new MlflowInput("model-versions/create", request, "name", "source", "run_id", "description", "tags");
        var (name, source) = (input.RequiredText("name"), input.RequiredText("source"));
        Named(store, name);
        if (!source.Contains("://", StringComparison.Ordinal) || source.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            throw MlflowError.Invalid($"Invalid model version source: '{source}'. To use a local path as a model version source, the run_id request parameter has to be specified.");
        }

        var number = store.Versions.Count(version => version.Name == name) + 1;
        var tags = input.Objects("tags").Select(tag => RunOperations.EntryOf("a tag of model-versions/create", tag));
        var created = new ModelVersion(name, number, source, input.Text("run_id") ?? "", store.Now, input.Text("description") ?? "", [.. tags]);
        store.Add(created);
        return new JsonObject { ["model_version"] = created.Describe() };
    }

    /// <summary>Versions of models, the newest of a model first.</summary>
    public static JsonObject SearchVersions(MlflowStore store, JsonObject request)
    {
        var input = new MlflowInput("model-versions/search", request, "filter", "max_results", "page_token");
        var filter = RunFilter.Parse(input.Text("filter"));
        var found = store.Versions.Where(version => RunFilter.Fits(version, filter))
            .OrderBy(version => version.Name, StringComparer.Ordinal).ThenByDescending(version => version.Version).ToList();
        return RunOperations.Page("model_versions", found, version => version.Describe(), input.Text("page_token"), input.Integer("max_results") ?? MostVersions);
    }

    private static RegisteredModel Named(MlflowStore store, string name) =>
        store.Models.FirstOrDefault(model => model.Name == name) ?? throw MlflowError.NotFound($"Registered Model with name={name} not found");
}
