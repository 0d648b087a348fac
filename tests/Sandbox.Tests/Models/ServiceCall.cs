using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Models;
using BuildPipeline.Sandbox.Protocols;
using Microsoft.AspNetCore.Http;

namespace BuildPipeline.Sandbox.Tests.Models;

/// <summary>Calls a service as the host does, without a connection.</summary>
internal static class ServiceCall
{
    private const string Region = "us-east-1";

    /// <summary>A call in AWS JSON.</summary>
    public static async Task<JsonObject> CallAsync(this IAwsService service, string operation, string input, string region = Region)
    {
        var context = Context(service, input, "application/x-amz-json-1.1", region);
        context.Request.Headers["X-Amz-Target"] = "Target." + operation;
        await service.HandleAsync(context);
        return JsonNode.Parse(Answer(context))!.AsObject();
    }

    /// <summary>The refusal of a call in AWS JSON.</summary>
    public static Task<AwsError> RefusedAsync(this IAwsService service, string operation, string input) =>
        Assert.ThrowsAsync<AwsError>(() => service.CallAsync(operation, input));

    /// <summary>A call in the query protocol: <c>Name=value&amp;Other=value</c>.</summary>
    /// <param name="caller">Null for anybody, without credentials.</param>
    public static async Task<XElement> QueryAsync(this IAwsService service, string action, string fields = "", Caller? caller = null)
    {
        var context = Context(service, $"Action={action}&Version=1&{fields}", "application/x-www-form-urlencoded");
        context.Features.Set(AwsScope.Current(context) with { Caller = caller });
        await service.HandleAsync(context);
        return XElement.Parse(Answer(context));
    }

    /// <summary>Why a request is refused as it comes over a connection; null if it is not.</summary>
    public static Refusal? Refusal(this ServiceModel service, string operation, JsonObject request) =>
        RequestCheck.Check(service, operation, JsonNode.Parse(request.ToJsonString())!.AsObject());

    /// <summary>The texts of the elements of a name, wherever they are.</summary>
    public static IReadOnlyList<string> Texts(this XElement answer, string name) =>
        [.. answer.Descendants().Where(element => element.Name.LocalName == name).Select(element => element.Value)];

    private static DefaultHttpContext Context(IAwsService service, string body, string contentType, string region = Region)
    {
        var context = new DefaultHttpContext();
        context.Features.Set(new AwsScope(region, service.SigningName));
        context.Request.Method = "POST";
        context.Request.ContentType = contentType;
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        context.Response.Body = new MemoryStream();
        return context;
    }

    private static string Answer(DefaultHttpContext context) => Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray());
}
