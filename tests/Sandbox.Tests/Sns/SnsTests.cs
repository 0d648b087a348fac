using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Tests.Models;

namespace BuildPipeline.Sandbox.Tests.Sns;

public sealed class SnsTests : IDisposable
{
    private static readonly string[] OfNotifications = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
    private static readonly string[] OfConfirmations = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];

    private readonly SnsHarness _sns = new();

    public void Dispose() => _sns.Dispose();

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    [Effect("CreateTopic", "Attributes")]
    [Effect("Subscribe", "TopicArn", "Protocol", "Endpoint")]
    [Effect("ConfirmSubscription", "TopicArn", "Token")]
    [Effect("Publish", "TopicArn", "Message", "Subject")]
    public async Task Given_a_webhook_When_it_confirms_and_a_message_is_published_Then_both_documents_are_signed_as_by_AWS(string version)
    {
        using var webhook = new Webhook();
        var topic = await _sns.CreateAsync("alerts", $"Attributes.entry.1.key=SignatureVersion&Attributes.entry.1.value={version}");

        var subscription = await _sns.SubscribeAsync(topic, "http", webhook.Url);
        var published = await _sns.CallAsync("Publish", $"TopicArn={topic}&Message=line%0Atwo%20%C3%BC&Subject=It%20failed");

        var (asked, askedHeaders) = webhook.Take();
        var (notice, headers) = webhook.Take();
        Assert.Equal(("SubscriptionConfirmation", "SubscriptionConfirmation"), ((string)asked["Type"]!, askedHeaders["x-amz-sns-message-type"]));
        Assert.Equal(("Notification", subscription, topic), (headers["x-amz-sns-message-type"], headers["x-amz-sns-subscription-arn"], headers["x-amz-sns-topic-arn"]));
        Assert.Equal(("line\ntwo \u00fc", "It failed"), ((string)notice["Message"]!, (string)notice["Subject"]!));
        Assert.Equal(published.Texts("MessageId")[0], (string)notice["MessageId"]!);
        Assert.Equal($"http://127.0.0.1:4566/_sandbox/sns/{_sns.Signer.CertificateName}", (string)notice["SigningCertURL"]!);
        Assert.True(IsSigned(asked, OfConfirmations, version));
        Assert.True(IsSigned(notice, OfNotifications, version));
        notice["Message"] = "forged";
        Assert.False(IsSigned(notice, OfNotifications, version));
    }

    [Fact]
    [Effect("Subscribe", "Attributes", "ReturnSubscriptionArn")]
    [Effect("SetSubscriptionAttributes", "SubscriptionArn", "AttributeName", "AttributeValue")]
    [Effect("GetSubscriptionAttributes", "SubscriptionArn")]
    public async Task Given_raw_delivery_When_a_message_is_published_Then_it_comes_as_it_is()
    {
        using var webhook = new Webhook();
        var topic = await _sns.CreateAsync("alerts");
        var arn = await _sns.SubscribeAsync(topic, "http", webhook.Url, "Attributes.entry.1.key=RawMessageDelivery&Attributes.entry.1.value=true&ReturnSubscriptionArn=true");
        webhook.Take();

        await _sns.CallAsync("Publish", $"TopicArn={topic}&Message=plain");
        var (raw, rawHeaders) = webhook.TakeText();
        await _sns.CallAsync("SetSubscriptionAttributes", $"SubscriptionArn={arn}&AttributeName=RawMessageDelivery&AttributeValue=false");
        await _sns.CallAsync("Publish", $"TopicArn={topic}&Message=plain");

        Assert.Equal(("plain", "true"), (raw, rawHeaders["x-amz-sns-rawdelivery"]));
        Assert.Equal("plain", (string)webhook.Take().Document["Message"]!);
        Assert.Contains("false", (await _sns.CallAsync("GetSubscriptionAttributes", $"SubscriptionArn={arn}")).Texts("value"));
        await RefusedAsync("SetSubscriptionAttributes", $"SubscriptionArn={arn}&AttributeName=FilterPolicy&AttributeValue=x", "InvalidParameter");
        await RefusedAsync("GetSubscriptionAttributes", "SubscriptionArn=arn:none", "NotFound");
    }

    [Theory]
    [InlineData("delivered", 3, 500, 503)]
    [InlineData("delivered", 2, 429)]
    [InlineData("failed", 1, 404)]
    [InlineData("failed", 4, 500, 500, 500, 500)]
    public async Task Given_an_endpoint_that_refuses_When_a_message_is_sent_Then_it_is_sent_again_as_the_policy_says(string status, int attempts, params int[] statuses)
    {
        using var webhook = new Webhook([200, .. statuses]);
        var topic = await _sns.CreateAsync("alerts");
        await _sns.SubscribeAsync(topic, "http", webhook.Url);

        await _sns.CallAsync("Publish", $"TopicArn={topic}&Message=m");
        var ended = await _sns.EndedAsync(delivery => delivery.Type == "Notification");

        Assert.Equal((status, attempts), (ended.Status, ended.Attempts));
        Assert.Equal(status == "failed", ended.Error is not null);
    }

    [Fact]
    [Effect("Publish", "MessageStructure", "TargetArn")]
    [Effect("ConfirmSubscription", "AuthenticateOnUnsubscribe")]
    [Effect("ListSubscriptions", "NextToken")]
    [Effect("ListSubscriptionsByTopic", "TopicArn", "NextToken")]
    [Effect("Unsubscribe", "SubscriptionArn")]
    public async Task Given_an_email_address_When_it_is_confirmed_Then_messages_are_recorded_for_it_until_it_leaves()
    {
        var topic = await _sns.CreateAsync("alerts");
        await _sns.CallAsync("Subscribe", $"TopicArn={topic}&Protocol=email&Endpoint=team@example.com");
        await _sns.CallAsync("Publish", $"TopicArn={topic}&Message=too%20early");
        var asked = await _sns.EndedAsync(delivery => delivery.Type == "SubscriptionConfirmation");
        Assert.Equal(["PendingConfirmation"], (await _sns.CallAsync("ListSubscriptionsByTopic", $"TopicArn={topic}")).Texts("SubscriptionArn"));
        var confirm = $"TopicArn={topic}&Token={asked.SubscribeUrl!.Split("Token=")[1]}&AuthenticateOnUnsubscribe=true";

        var arn = (await _sns.CallAsync("ConfirmSubscription", confirm)).Texts("SubscriptionArn")[0];
        await RefusedAsync("ConfirmSubscription", confirm, "InvalidParameter");
        await _sns.CallAsync("Publish", $"TargetArn={topic}&MessageStructure=json&Message={Uri.EscapeDataString("""{"default":"for programs","email":"for people"}""")}&Subject=s");
        var letter = await _sns.EndedAsync(delivery => delivery.Type == "Notification");

        Assert.Equal(("recorded", "team@example.com", "s"), (letter.Status, letter.Endpoint, letter.Subject));
        Assert.StartsWith("for people", letter.Body, StringComparison.Ordinal);
        Assert.Equal([arn], (await _sns.CallAsync("ListSubscriptions")).Texts("SubscriptionArn"));
        await RefusedAsync("ListSubscriptions", "NextToken=x", "InvalidParameter");
        await RefusedAsync("ListSubscriptionsByTopic", $"TopicArn={topic}&NextToken=x", "InvalidParameter");
        await RefusedAsync("Unsubscribe", $"SubscriptionArn={arn}", "AuthorizationError");
        await _sns.Service.CallAsync("Unsubscribe", new AwsCall(new JsonObject { ["SubscriptionArn"] = arn }, "us-east-1", Caller.UserOf("000000000000")));
        Assert.Empty((await _sns.CallAsync("ListSubscriptions")).Texts("SubscriptionArn"));
        Assert.DoesNotContain(_sns.Deliveries.All, delivery => delivery.Body.Contains("too early", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Given_a_token_of_three_days_When_it_is_used_Then_it_is_refused()
    {
        var topic = await _sns.CreateAsync("alerts");
        await _sns.CallAsync("Subscribe", $"TopicArn={topic}&Protocol=email&Endpoint=team@example.com");
        var asked = await _sns.EndedAsync(delivery => delivery.Type == "SubscriptionConfirmation");

        _sns.Time.Advance(TimeSpan.FromDays(3));

        await RefusedAsync("ConfirmSubscription", $"TopicArn={topic}&Token={asked.SubscribeUrl!.Split("Token=")[1]}", "InvalidParameter");
    }

    [Fact]
    [Effect("CreateTopic", "Name", "Tags[].Key", "Tags[].Value")]
    [Effect("ListTopics", "NextToken")]
    [Effect("GetTopicAttributes", "TopicArn")]
    [Effect("SetTopicAttributes", "TopicArn", "AttributeName", "AttributeValue")]
    [Effect("DeleteTopic", "TopicArn")]
    [Effect("TagResource", "ResourceArn", "Tags[].Key", "Tags[].Value")]
    [Effect("UntagResource", "ResourceArn", "TagKeys")]
    [Effect("ListTagsForResource", "ResourceArn")]
    public async Task Given_topics_When_changed_and_deleted_Then_attributes_and_tags_are_so()
    {
        var topic = await _sns.CreateAsync("alerts", "Tags.member.1.Key=team&Tags.member.1.Value=x&Tags.member.2.Key=run&Tags.member.2.Value=1");
        Assert.Equal(topic, await _sns.CreateAsync("alerts"));
        await _sns.CallAsync("SetTopicAttributes", $"TopicArn={topic}&AttributeName=DisplayName&AttributeValue=Alerts");
        await _sns.CallAsync("TagResource", $"ResourceArn={topic}&Tags.member.1.Key=team&Tags.member.1.Value=y");
        await _sns.CallAsync("UntagResource", $"ResourceArn={topic}&TagKeys.member.1=run");

        var attributes = await _sns.CallAsync("GetTopicAttributes", $"TopicArn={topic}");
        Assert.Contains("Alerts", attributes.Texts("value"));
        Assert.Contains("__default_policy_ID", string.Join(' ', attributes.Texts("value")), StringComparison.Ordinal);
        Assert.Equal(["y"], (await _sns.CallAsync("ListTagsForResource", $"ResourceArn={topic}")).Texts("Value"));
        Assert.Equal([topic], (await _sns.CallAsync("ListTopics")).Texts("TopicArn"));
        await RefusedAsync("ListTopics", "NextToken=x", "InvalidParameter");
        await RefusedAsync("CreateTopic", "Name=alerts&Attributes.entry.1.key=DisplayName&Attributes.entry.1.value=Other", "InvalidParameter");
        await _sns.CallAsync("DeleteTopic", $"TopicArn={topic}");
        await _sns.CallAsync("DeleteTopic", $"TopicArn={topic}");
        await RefusedAsync("GetTopicAttributes", $"TopicArn={topic}", "NotFound");
        await RefusedAsync("Publish", $"TopicArn={topic}&Message=m", "NotFound");
        await RefusedAsync("ListTagsForResource", $"ResourceArn={topic}", "ResourceNotFound");
    }

    [Theory]
    [InlineData("CreateTopic", "Name=a b", "InvalidParameter")]
    [InlineData("CreateTopic", "Name=a.fifo", "InvalidParameter")]
    [InlineData("CreateTopic", "Name=a&Attributes.entry.1.key=FifoTopic&Attributes.entry.1.value=true", "InvalidParameter")]
    [InlineData("CreateTopic", "Name=a&Attributes.entry.1.key=Policy&Attributes.entry.1.value={}", "InvalidParameter")]
    [InlineData("Subscribe", "TopicArn=TOPIC&Protocol=sqs&Endpoint=arn:aws:sqs:us-east-1:000000000000:q", "InvalidParameter")]
    [InlineData("Subscribe", "TopicArn=TOPIC&Protocol=email&Endpoint=team", "InvalidParameter")]
    [InlineData("Subscribe", "TopicArn=TOPIC&Protocol=https&Endpoint=http://127.0.0.1:1/", "InvalidParameter")]
    [InlineData("Subscribe", "TopicArn=TOPIC&Protocol=https&Endpoint=https://example.com/hook", "InvalidParameter")]
    [InlineData("Subscribe", "TopicArn=arn:aws:sns:us-east-1:000000000000:none&Protocol=email&Endpoint=a@example.com", "NotFound")]
    [InlineData("Publish", "TopicArn=TOPIC&Message=", "InvalidParameter")]
    [InlineData("Publish", "Message=m", "InvalidParameter")]
    [InlineData("Publish", "TopicArn=TOPIC&Message=m&Subject=a%0Ab", "InvalidParameter")]
    [InlineData("Publish", "TopicArn=TOPIC&Message={}&MessageStructure=json", "InvalidParameter")]
    [InlineData("Publish", "TopicArn=TOPIC&Message=m&MessageAttributes.entry.1.Name=a&MessageAttributes.entry.1.Value.DataType=String", "InvalidParameter")]
    public async Task Given_what_SNS_or_the_sandbox_does_not_take_When_asked_for_Then_it_is_refused(string action, string fields, string code)
    {
        var topic = await _sns.CreateAsync("alerts");

        await RefusedAsync(action, fields.Replace("TOPIC", topic, StringComparison.Ordinal), code);
    }

    private async Task RefusedAsync(string action, string fields, string code) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<AwsError>(() => _sns.CallAsync(action, fields))).Code);

    /// <summary>What every receiver does: the certificate's key over the members that AWS's documentation names.</summary>
    private bool IsSigned(JsonNode document, string[] members, string version)
    {
        using var certificate = X509Certificate2.CreateFromPem(_sns.Signer.Certificate);
        using var key = certificate.GetRSAPublicKey()!;
        var signed = string.Concat(members.Where(member => document[member] is not null).Select(member => $"{member}\n{document[member]}\n"));
        Assert.Equal(version, (string)document["SignatureVersion"]!);
        return key.VerifyData(
            Encoding.UTF8.GetBytes(signed), Convert.FromBase64String((string)document["Signature"]!),
            version == "1" ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }
}
