using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Faults;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.Terraform.Registry;

namespace BuildPipeline.Sandbox.Hosting;

/// <summary>A part's list in <c>GET /_sandbox/resources</c>.</summary>
internal interface ISandboxInventory
{
    /// <summary>The member's name, for example <c>training_jobs</c>.</summary>
    string Name { get; }

    JsonNode? Describe();
}

/// <summary>What a test or the pipeline tells the sandbox itself, under <c>/_sandbox</c>.</summary>
internal static class ControlApi
{
    public static WebApplication MapControl(this WebApplication app)
    {
        app.MapGet("/_sandbox/health", () => Results.Text("""{"status":"ok"}""", "application/json"));
        app.MapPost("/_sandbox/shutdown", (IHostApplicationLifetime lifetime) =>
        {
            lifetime.StopApplication();
            return Results.Accepted();
        });
        app.MapGet("/_sandbox/resources", (IServiceProvider services) => Results.Text(Inventory(services).ToJsonString(SandboxJson.Options), "application/json"));
        app.MapPost("/_sandbox/faults", AddFaultsAsync);
        app.MapGet("/_sandbox/faults", (FaultPlan plan) => Results.Text(JsonSerializer.Serialize(plan.Planned, SandboxJson.Options), "application/json"));
        return app;
    }

    /// <summary>A sentence for a client whose control request cannot be understood.</summary>
    public static IResult Refuse(string message) =>
        Results.Text(new JsonObject { ["error"] = message }.ToJsonString(SandboxJson.Options), "application/json", statusCode: StatusCodes.Status400BadRequest);

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

    private static async Task<IResult> AddFaultsAsync(HttpRequest request, FaultPlan plan)
    {
        try
        {
            plan.Add(await JsonSerializer.DeserializeAsync<Fault[]>(request.Body, SandboxJson.Options, request.HttpContext.RequestAborted) ?? []);
            return Results.NoContent();
        }
        catch (JsonException exception)
        {
            return Refuse(
                "Faults are a JSON array such as [{\"service\":\"sagemaker\",\"operation\":\"CreateTrainingJob\",\"kind\":\"throttle\",\"count\":1}]: "
                + exception.Message);
        }
    }
}
