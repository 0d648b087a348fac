using System.Formats.Cbor;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Protocols;

/// <summary>Writes an error as the protocol of the request has it: S3's XML, the query protocol's XML, EC2's, CBOR, or JSON.</summary>
internal static class AwsErrorWriter
{
    /// <summary>Gives the request the id that AWS would, in the headers that its clients read.</summary>
    public static void Identify(HttpContext context)
    {
        context.TraceIdentifier = Guid.NewGuid().ToString();
        context.Response.Headers["x-amzn-RequestId"] = context.TraceIdentifier;
        context.Response.Headers["x-amz-request-id"] = context.TraceIdentifier;
        context.Response.Headers["x-amz-id-2"] = context.TraceIdentifier;
    }

    public static async Task WriteAsync(HttpContext context, AwsError error)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return;
        }

        response.StatusCode = error.Status;
        response.ContentLength = null;
        response.Headers.ContentEncoding = default;
        foreach (var (name, value) in error.Headers)
        {
            response.Headers[name] = value;
        }

        // A client that waits for leave to send its body never sends it now: what it sends next must not be taken for that body.
        if (context.Request.Headers.Expect.Count > 0)
        {
            response.Headers.Connection = "close";
        }

        if (HttpMethods.IsHead(context.Request.Method) || error.Status == StatusCodes.Status304NotModified)
        {
            return;
        }

        if (context.Request.Headers["smithy-protocol"] == CborMarker)
        {
            await WriteCborAsync(response, error);
            return;
        }

        var (contentType, text) = Format(context, error);
        response.ContentType = contentType;
        if (contentType != Xml)
        {
            response.Headers["x-amzn-ErrorType"] = error.Code;
        }

        await response.WriteAsync(text, context.RequestAborted);
    }

    private const string Xml = "application/xml";

    /// <summary>Of Smithy RPC v2.</summary>
    public const string CborMarker = "rpc-v2-cbor";

    private static async Task WriteCborAsync(HttpResponse response, AwsError error)
    {
        var writer = new CborWriter();
        writer.WriteStartMap(2);
        writer.WriteTextString("__type");
        writer.WriteTextString(error.Code);
        writer.WriteTextString("message");
        writer.WriteTextString(error.Message);
        writer.WriteEndMap();
        response.ContentType = "application/cbor";
        response.Headers["smithy-protocol"] = CborMarker;
        response.Headers["x-amzn-query-error"] = $"{error.Code};{(error.Status < 500 ? "Sender" : "Receiver")}";
        await response.Body.WriteAsync(writer.Encode(), response.HttpContext.RequestAborted);
    }

    private static (string ContentType, string Text) Format(HttpContext context, AwsError error)
    {
        var service = context.Features.Get<AwsScope>()?.Service ?? (context.Request.HasFormContentType ? "" : "s3");
        if (context.Request.Headers.ContainsKey("X-Amz-Target"))
        {
            return (context.Request.ContentType ?? "application/x-amz-json-1.1", Json(error));
        }

        var id = new XElement("RequestId", context.TraceIdentifier);
        XElement[] parts = [new("Code", error.Code), new("Message", error.Message)];
        return service switch
        {
            "s3" => (Xml, Document(new XElement("Error", parts, new XElement("Resource", context.Request.Path.Value), id))),
            "ec2" => (Xml, Document(new XElement("Response", new XElement("Errors", new XElement("Error", parts)), new XElement("RequestID", id.Value)))),
            _ when service == "sns" || context.Request.HasFormContentType => (Xml, Document(new XElement(
                "ErrorResponse", new XElement("Error", new XElement("Type", error.Status < 500 ? "Sender" : "Receiver"), parts), id))),
            _ => ("application/json", Json(error)),
        };
    }

    private static string Json(AwsError error) =>
        new JsonObject { ["__type"] = error.Code, ["message"] = error.Message }.ToJsonString(SandboxJson.Options);

    private static string Document(XElement root) =>
        $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{root.ToString(SaveOptions.DisableFormatting)}";
}
