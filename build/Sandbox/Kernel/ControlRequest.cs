using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Kernel;

/// <summary>A request under <c>/_sandbox</c> that sets something.</summary>
internal static class ControlRequest
{
    /// <summary>Passes the JSON document in the request's body on.</summary>
    /// <param name="expected">What the document has to be, for a client that sent something else.</param>
    /// <returns>204, or 400 with the reason.</returns>
    public static async Task<IResult> ApplyAsync<T>(HttpContext context, string expected, Action<T> apply)
        where T : class
    {
        try
        {
            apply(await JsonSerializer.DeserializeAsync<T>(context.Request.Body, SandboxJson.Options, context.RequestAborted)
                ?? throw new JsonException("the document is null."));
            return Results.NoContent();
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            var error = new JsonObject { ["error"] = $"{expected}: {exception.Message}" };
            return Results.Text(error.ToJsonString(SandboxJson.Options), "application/json", statusCode: StatusCodes.Status400BadRequest);
        }
    }
}
