using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Faults;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.Terraform.Registry;

namespace BuildPipeline.Sandbox.Hosting;

/// <summary>What a test or the pipeline tells the sandbox itself, under <c>/_sandbox</c>.</summary>
internal static class ControlApi
{
    private const string FaultsExample =
        "Faults are a JSON array such as [{\"service\":\"sagemaker\",\"operation\":\"CreateTrainingJob\",\"kind\":\"throttle\",\"count\":1}]";

    public static WebApplication MapControl(this WebApplication app)
    {
        app.MapGet("/_sandbox/health", () => Results.Text("""{"status":"ok"}""", "application/json"));
        app.MapPost("/_sandbox/shutdown", (IHostApplicationLifetime lifetime) =>
        {
            lifetime.StopApplication();
            return Results.Accepted();
        });
        app.MapGet("/_sandbox/resources", (IServiceProvider services) => Results.Text(Inventory(services).ToJsonString(SandboxJson.Options), "application/json"));
        app.MapPost("/_sandbox/faults", (HttpContext context, FaultPlan plan, FaultRules rules) =>
            ControlRequest.ApplyAsync<Fault[]>(context, FaultsExample, faults => plan.Add(rules.Check(faults))));
        app.MapDelete("/_sandbox/faults", (FaultPlan plan) =>
        {
            plan.Clear();
            return Results.NoContent();
        });
        app.MapGet("/_sandbox/faults", (FaultPlan plan) => Results.Text(JsonSerializer.Serialize(plan.Planned, SandboxJson.Options), "application/json"));
        app.MapGet("/_sandbox/requests", (RequestLog log) => Results.Json(log.Requests, SandboxJson.Options));
        app.MapPut("/_sandbox/clock", (HttpContext context, SandboxClock clock) =>
            ControlRequest.ApplyAsync<ClockSetting>(context, "The clock is JSON such as {\"ahead_seconds\":1200}", setting => clock.Ahead = TimeSpan.FromSeconds(setting.AheadSeconds)));
        app.MapPost("/_sandbox/providers", OpenProviderAsync);
        return app;
    }

    private static async Task<IResult> OpenProviderAsync(HttpContext context, SessionProviders providers)
    {
        try
        {
            var credentials = await JsonSerializer.DeserializeAsync<ProviderCredentials>(context.Request.Body, SandboxJson.Options, context.RequestAborted);
            return Results.Json(new { provider = providers.Open(credentials ?? throw new JsonException("the document is null.")) }, SandboxJson.Options);
        }
        catch (JsonException exception)
        {
            return Results.Json(
                new { error = $"The body is JSON with access_key_id, secret_access_key and session_token: {exception.Message}" }, SandboxJson.Options, statusCode: 400);
        }
        catch (AwsError error)
        {
            return Results.Json(new { error = $"{error.Code}: {error.Message}" }, SandboxJson.Options, statusCode: error.Status);
        }
    }

    private static JsonObject Inventory(IServiceProvider services)
    {
        var store = services.GetRequiredService<IObjectStore>();
        var inventory = new JsonObject
        {
            ["buckets"] = new JsonArray([.. store.Buckets.Select(bucket => new JsonObject
            {
                ["name"] = bucket,
                ["objects"] = store.List(bucket, "").Count,
            })]),
            ["resources"] = new JsonArray([.. (services.GetService<IResourceRegistry>()?.Resources ?? []).Select(resource => new JsonObject
            {
                ["type"] = resource.Type,
                ["id"] = resource.Id,
            })]),
            ["training_jobs"] = new JsonArray(),
            ["log_groups"] = new JsonArray(),
        };
        foreach (var part in services.GetServices<ISandboxInventory>())
        {
            inventory[part.Name] = part.Describe();
        }

        return inventory;
    }
}
