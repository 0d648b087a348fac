using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Terraform;

/// <summary>Calls of AWS JSON operations, as any client of the sandbox makes them.</summary>
internal static class SandboxCalls
{
    /// <summary>Calls an operation that has to succeed.</summary>
    /// <param name="target">Prefix and operation, for example <c>SageMaker.ListTags</c>.</param>
    public static async Task<JsonNode> CallAsync(this SandboxFixture sandbox, string service, string target, JsonObject input)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/")
        {
            Content = new StringContent(input.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/x-amz-json-1.1")),
        };
        request.Headers.TryAddWithoutValidation("X-Amz-Target", target);
        using var response = await sandbox.Http.SendAsync(await new RequestSignature(service).SignAsync(request, sandbox.Url));
        var content = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{target}: {content}");
        return JsonNode.Parse(content)!;
    }

    /// <summary>The answer to a request in the query protocol, whatever it is.</summary>
    /// <param name="fields">As in a form.</param>
    public static async Task<string> QueryAsync(this SandboxFixture sandbox, string service, string action, string fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/")
        {
            Content = new StringContent($"Action={action}&Version=1&{fields}", Encoding.UTF8, new MediaTypeHeaderValue("application/x-www-form-urlencoded")),
        };
        using var response = await sandbox.Http.SendAsync(await new RequestSignature(service).SignAsync(request, sandbox.Url));
        return await response.Content.ReadAsStringAsync();
    }

    public static Task<JsonNode> CallLogsAsync(this SandboxFixture sandbox, string operation, JsonObject input) =>
        sandbox.CallAsync("logs", $"Logs_20140328.{operation}", input);

    public static Task<JsonNode> CallSageMakerAsync(this SandboxFixture sandbox, string operation, JsonObject input) =>
        sandbox.CallAsync("sagemaker", $"SageMaker.{operation}", input);
}
