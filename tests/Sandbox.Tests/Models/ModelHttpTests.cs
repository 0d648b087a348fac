using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Models;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Models;

/// <summary>The guard is in front of every service: some of its refusals over a connection.</summary>
public sealed class ModelHttpTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    [Theory]
    [InlineData("sagemaker", "sagemaker", "ValidationException")]
    [InlineData("logs", "logs", "InvalidParameterException")]
    [InlineData("cloudwatch", "monitoring", "ValidationError")]
    [InlineData("service-quotas", "servicequotas", "ValidationException")]
    [InlineData("ssm", "ssm", "ValidationException")]
    [InlineData("secretsmanager", "secretsmanager", "InvalidParameterException")]
    [InlineData("kms", "kms", "ValidationException")]
    public async Task Given_a_service_When_asked_for_what_is_not_there_Then_operation_constraint_and_member_are_named(string model, string signingName, string code)
    {
        var service = ServiceModels.All[model];
        var operation = service.Support.Keys.First(name => service.InputOf(name).Required.Count > 0);
        var unknown = new ModelRequests(service, operation).With("Whatever", 1);

        var (_, message) = await SendAsync(signingName, "DoNothing", "{}");
        Assert.Equal(service.Support.Keys.Order(StringComparer.Ordinal), message.Split("it has ")[1].TrimEnd('.').Split(", ").Order(StringComparer.Ordinal));
        Assert.Equal(code, (await SendAsync(signingName, operation, "{}")).Code);
        Assert.Equal((code, $"{operation} has no member 'Whatever'."), await SendAsync(signingName, operation, unknown.ToJsonString()));
        Assert.Equal("SerializationException", (await SendAsync(signingName, operation, """{"a":1,"a":2}""")).Code);
    }

    private async Task<(string Code, string Message)> SendAsync(string signingName, string operation, string input)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/");
        request.Headers.Add("X-Amz-Target", "Target." + operation);
        request.Content = new StringContent(input, Encoding.UTF8, new MediaTypeHeaderValue("application/x-amz-json-1.1"));
        using var response = await sandbox.Http.SendAsync(await new RequestSignature(signingName).SignAsync(request, sandbox.Url));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return ((string)answer["__type"]!, (string)answer["message"]!);
    }
}
