using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Tests.Mlflow;

/// <summary>MLflow's REST API by hand.</summary>
internal sealed class RawMlflow(HttpClient http)
{
    private const string Root = "/api/2.0/mlflow/";

    /// <summary>A run in an experiment of its own.</summary>
    public async Task<string> CreateRunAsync(string experiment)
    {
        var id = (await PostAsync("experiments/create", new { name = experiment }))["experiment_id"]!.ToString();
        return (await PostAsync("runs/create", new { experiment_id = id, run_name = experiment, start_time = 1000 }))["run"]!["info"]!["run_id"]!.ToString();
    }

    public async Task<JsonNode> PostAsync(string operation, object request)
    {
        using var response = await http.PostAsJsonAsync(Root + operation, request);
        return await ReadAsync(response);
    }

    public async Task<JsonNode> GetAsync(string operation)
    {
        using var response = await http.GetAsync(new Uri(Root + operation, UriKind.Relative));
        return await ReadAsync(response);
    }

    /// <summary>The status and the error code of a request that is refused.</summary>
    public async Task<(HttpStatusCode Status, string Code, string Message)> RefusedAsync(string operation, object request)
    {
        using var response = await http.PostAsJsonAsync(Root + operation, request);
        return await RefusalAsync(response);
    }

    public async Task<(HttpStatusCode Status, string Code, string Message)> RefusedAsync(string operation)
    {
        using var response = await http.GetAsync(new Uri(Root + operation, UriKind.Relative));
        return await RefusalAsync(response);
    }

    private static async Task<(HttpStatusCode Status, string Code, string Message)> RefusalAsync(HttpResponseMessage response)
    {
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return (response.StatusCode, error["error_code"]?.ToString() ?? "", error["message"]?.ToString() ?? "");
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
