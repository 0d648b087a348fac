using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Faults;
using BuildPipeline.Sandbox.Kernel;
using Microsoft.AspNetCore.Http.Features;

namespace BuildPipeline.Sandbox.Mlflow;

/// <summary>MLflow's REST API 2.0, as its protocol definitions have it (mlflow/protos/service.proto and model_registry.proto).</summary>
/// <remarks>Planned faults have the service <c>mlflow</c> and an operation such as <c>runs/log-batch</c>.</remarks>
internal sealed class MlflowApi(MlflowStore store, FaultPlan faults)
{
    public const string Root = "/api/2.0/mlflow";

    /// <summary>The operations that the sandbox emulates, by method and path.</summary>
    public static IReadOnlyDictionary<(string Method, string Operation), Func<MlflowStore, JsonObject, JsonObject>> Operations { get; } =
        new Dictionary<(string, string), Func<MlflowStore, JsonObject, JsonObject>>
        {
            [("POST", "experiments/create")] = ExperimentOperations.Create,
            [("GET", "experiments/get-by-name")] = ExperimentOperations.GetByName,
            [("GET", "experiments/get")] = ExperimentOperations.Get,
            [("POST", "experiments/delete")] = ExperimentOperations.Delete,
            [("POST", "experiments/restore")] = ExperimentOperations.Restore,
            [("POST", "runs/create")] = RunOperations.Create,
            [("GET", "runs/get")] = RunOperations.Get,
            [("POST", "runs/update")] = RunOperations.Update,
            [("POST", "runs/delete")] = RunOperations.Delete,
            [("POST", "runs/restore")] = RunOperations.Restore,
            [("POST", "runs/search")] = RunOperations.Search,
            [("POST", "runs/set-tag")] = RunOperations.SetTag,
            [("POST", "runs/log-metric")] = LogOperations.LogMetric,
            [("POST", "runs/log-parameter")] = LogOperations.LogParameter,
            [("POST", "runs/log-batch")] = LogOperations.LogBatch,
            [("GET", "metrics/get-history")] = LogOperations.History,
            [("POST", "registered-models/create")] = ModelOperations.CreateModel,
            [("GET", "registered-models/get")] = ModelOperations.GetModel,
            [("POST", "model-versions/create")] = ModelOperations.CreateVersion,
            [("GET", "model-versions/search")] = ModelOperations.SearchVersions,
        };

    /// <summary>The operation that a request asks for, for example <c>runs/create</c>.</summary>
    public static string OperationOf(HttpRequest request) => request.Path.StartsWithSegments(Root, out var rest) ? rest.Value!.Trim('/') : request.Path.Value!;

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await HandleAsync(context, OperationOf(context.Request));
        }
        catch (MlflowError error)
        {
            await WriteAsync(context, error.Status, error.Json);
        }
    }

    private async Task HandleAsync(HttpContext context, string operation)
    {
        var fault = faults.Take("mlflow", operation);
        switch (fault?.Kind)
        {
            case null:
                await AnswerAsync(context, operation);
                return;
            case FaultKind.Timeout:
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
                return;
            case FaultKind.DropResponse:
                await AnswerWithoutResponseAsync(context, operation, fault);
                context.Abort();
                return;
            case FaultKind.HoldResponse:
                await AnswerWithoutResponseAsync(context, operation, fault);
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
                return;
            case FaultKind.AccessDenied:
                throw new MlflowError(StatusCodes.Status403Forbidden, "PERMISSION_DENIED", "Permission denied.");
            case FaultKind.Throttle:
                throw new MlflowError(StatusCodes.Status429TooManyRequests, "REQUEST_LIMIT_EXCEEDED", "Too many requests.");
            case FaultKind.ExpiredCredentials:
                throw new MlflowError(StatusCodes.Status401Unauthorized, "UNAUTHENTICATED", "The credentials have expired.");
            default:
                throw new MlflowError(StatusCodes.Status503ServiceUnavailable, "TEMPORARILY_UNAVAILABLE", "The server is temporarily unavailable.");
        }
    }

    private async Task AnswerWithoutResponseAsync(HttpContext context, string operation, Fault fault)
    {
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        try
        {
            await AnswerAsync(context, operation);
        }
        catch (MlflowError)
        {
            // A refusal is a response too, and does not arrive either.
        }
        finally
        {
            faults.End(fault);
        }
    }

    private async Task AnswerAsync(HttpContext context, string operation)
    {
        if (!Operations.TryGetValue((context.Request.Method, operation), out var handle))
        {
            throw new MlflowError(
                StatusCodes.Status404NotFound, "ENDPOINT_NOT_FOUND", $"The sandbox does not emulate {context.Request.Method} {Root}/{operation}.");
        }

        var request = HttpMethods.IsGet(context.Request.Method) ? Query(context.Request) : await BodyAsync(context.Request, operation);
        JsonObject answer;
        lock (store.Gate)
        {
            answer = handle(store, request);
        }

        await WriteAsync(context, StatusCodes.Status200OK, answer.ToJsonString(SandboxJson.Options));
    }

    private static JsonObject Query(HttpRequest request) => new(request.Query.Select(member => KeyValuePair.Create(member.Key, (JsonNode?)JsonValue.Create(member.Value.ToString()))));

    private static async Task<JsonObject> BodyAsync(HttpRequest request, string operation)
    {
        if (request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
        {
            throw new MlflowError(StatusCodes.Status400BadRequest, "BAD_REQUEST", "Bad Request. Content-Type must be 'application/json'.");
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        if (operation == "runs/log-batch" && body.Length > MlflowRules.LongestBatch)
        {
            throw MlflowError.Invalid($"Batched logging API requests must be at most {MlflowRules.LongestBatch} bytes, got a request of size {body.Length}.");
        }

        try
        {
            return JsonNode.Parse(body.ToArray()) as JsonObject ?? throw MlflowError.Invalid("The request is not a JSON object.");
        }
        catch (JsonException exception)
        {
            throw new MlflowError(StatusCodes.Status400BadRequest, "BAD_REQUEST", $"The request is not JSON: {exception.Message}");
        }
    }

    private static async Task WriteAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(json, context.RequestAborted);
    }
}
