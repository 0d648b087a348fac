using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Protocols;

/// <summary>AWS JSON 1.0 and 1.1: the operation in <c>X-Amz-Target</c>, documents in the bodies.</summary>
internal static class AwsJsonProtocol
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Runs the operation that the request names and writes its answer; its refusal is the host's to write.</summary>
    /// <param name="version">Version of AWS JSON, <c>1.0</c> or <c>1.1</c>.</param>
    public static async Task AnswerAsync(HttpContext context, string version, AwsOperations operations)
    {
        var name = context.Request.Headers["X-Amz-Target"].ToString().Split('.')[^1];
        var output = await operations.CallAsync(name, AwsCall.Of(context, await ReadAsync(context)));
        context.Response.ContentType = "application/x-amz-json-" + version;
        await context.Response.WriteAsync((output ?? []).ToJsonString(), context.RequestAborted);
    }

    /// <summary>The body's bytes, uncompressed where the client compressed them.</summary>
    public static Stream Uncompressed(HttpRequest request) =>
        request.Headers.ContentEncoding == "gzip" ? new GZipStream(request.Body, CompressionMode.Decompress) : request.Body;

    private static async Task<JsonObject> ReadAsync(HttpContext context)
    {
        try
        {
            await using var body = Uncompressed(context.Request);
            using var text = new StreamReader(body, Encoding.UTF8);
            var content = await text.ReadToEndAsync(context.RequestAborted);
            return content.Length == 0 ? [] : JsonNode.Parse(content, documentOptions: Strict) as JsonObject ?? throw new JsonException("not an object");
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException)
        {
            throw new AwsError(400, "SerializationException", "The request body is not a JSON object: " + exception.Message);
        }
    }
}
