using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BuildPipeline.Sandbox.Hosting;

namespace BuildPipeline.Sandbox.Protocols;

/// <summary>AWS JSON 1.0 and 1.1: the operation in <c>X-Amz-Target</c>, documents in the bodies.</summary>
internal static partial class AwsJsonProtocol
{
    /// <summary>Runs the operation that the request names and writes its answer or error.</summary>
    /// <param name="version">Version of AWS JSON, <c>1.0</c> or <c>1.1</c>.</param>
    public static async Task AnswerAsync(HttpContext context, string version, IReadOnlyDictionary<string, AwsOperation> operations)
    {
        context.Response.ContentType = "application/x-amz-json-" + version;
        try
        {
            var name = context.Request.Headers["X-Amz-Target"].ToString().Split('.')[^1];
            if (!operations.TryGetValue(name, out var operation))
            {
                throw new AwsError(400, "UnknownOperationException", $"The sandbox has no operation '{name}'; it has {string.Join(", ", operations.Keys)}.");
            }

            var call = new AwsCall(name, await ReadAsync(context), RegionOf(context.Request), context.RequestAborted);
            var output = await operation(call) ?? [];
            await WriteAsync(context, 200, output);
        }
        catch (AwsError error)
        {
            context.Response.Headers["x-amzn-ErrorType"] = error.Code;
            await WriteAsync(context, error.Status, new JsonObject { ["__type"] = error.Code, ["message"] = error.Message });
        }
    }

    /// <summary>Region of the SigV4 credential scope, or null.</summary>
    public static string? RegionOf(HttpRequest request)
    {
        var match = CredentialScope().Match(request.Headers.Authorization.ToString());
        return match.Success ? match.Groups["region"].Value : null;
    }

    /// <summary>The body's bytes as a stream, uncompressed.</summary>
    public static Stream Uncompressed(HttpRequest request) =>
        request.Headers.ContentEncoding == "gzip" ? new GZipStream(request.Body, CompressionMode.Decompress) : request.Body;

    private static async Task<JsonObject> ReadAsync(HttpContext context)
    {
        try
        {
            await using var body = Uncompressed(context.Request);
            using var text = new StreamReader(body, Encoding.UTF8);
            var content = await text.ReadToEndAsync(context.RequestAborted);
            return content.Length == 0 ? [] : JsonNode.Parse(content) as JsonObject ?? throw new JsonException("not an object");
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException)
        {
            throw new AwsError(400, "SerializationException", "The request body is not a JSON object: " + exception.Message);
        }
    }

    private static Task WriteAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["x-amzn-RequestId"] = Guid.NewGuid().ToString();
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }

    [GeneratedRegex(@"Credential=[^/]+/\d+/(?<region>[^/]+)/")]
    private static partial Regex CredentialScope();
}
