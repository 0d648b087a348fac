using System.Text.Json;
using Amazon.Runtime;
using BuildPipeline.Aws;
using BuildPipeline.Sandbox.Tests.Support;
using BuildPipeline.Sandbox.Tests.Uploads;

namespace BuildPipeline.Sandbox.Tests.Alarms;

/// <summary>What the pipeline publishes itself, signed by the SDK, arrives at whoever subscribed.</summary>
public sealed class NoticeTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task Given_a_topic_with_a_confirmed_address_When_the_pipeline_publishes_Then_the_address_gets_it()
    {
        using var s3 = sandbox.CreateS3();
        using var http = new HttpClient();
        await AskAsync(("Action", "CreateTopic"), ("Name", "demo-alarms"));
        await AskAsync(("Action", "Subscribe"), ("TopicArn", Topic), ("Protocol", "email"), ("Endpoint", "training@example.com"));
        (await http.GetAsync((await MessagesAsync())[^1].GetProperty("subscribe_url").GetString())).EnsureSuccessStatusCode();
        var publisher = new TopicPublisher(new UploadClients(s3, sandbox.Url), http);

        await publisher.PublishAsync(Topic, "Run 1 needs you", "Größe & \"Zeit\": 100 %\n  ./build.sh --target=Launch", default);

        Assert.StartsWith("Größe & \"Zeit\": 100 %\n  ./build.sh --target=Launch\n", (await MessagesAsync())[^1].GetProperty("body").GetString());
        var refusal = await Assert.ThrowsAsync<AmazonServiceException>(() => publisher.PublishAsync(Topic + "-none", "subject", "text", default));
        Assert.Equal(AwsErrorKind.NotFound, AwsErrors.Classify(refusal));
    }

    private static string Topic => "arn:aws:sns:us-east-1:000000000000:demo-alarms";

    private async Task<IReadOnlyList<JsonElement>> MessagesAsync() =>
        [.. JsonDocument.Parse(await sandbox.Http.GetStringAsync("/_sandbox/messages")).RootElement.EnumerateArray()];

    private async Task AskAsync(params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, sandbox.Url)
        {
            Content = new FormUrlEncodedContent(fields.Append(("Version", "2010-03-31")).Select(field => KeyValuePair.Create(field.Item1, field.Item2))),
        };
        (await sandbox.Http.SendAsync(await new RequestSignature("sns").SignAsync(request, sandbox.Url))).EnsureSuccessStatusCode();
    }
}
