using BuildPipeline.Sandbox.Sns;

namespace BuildPipeline.Sandbox.Tests.Sns;

/// <summary>Who may publish: what the policies of topic and key say of AWS's own services.</summary>
public sealed class TopicAccessTests
{
    private const string Arn = "arn:aws:sns:us-east-1:000000000000:alerts";
    private const string AlarmArn = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:a";

    private static readonly ServicePublisher CloudWatch = new("cloudwatch.amazonaws.com", AlarmArn);
    private static readonly ServicePublisher Events = new("events.amazonaws.com", SourceArn: null);

    [Fact]
    public void Given_the_usual_policy_When_services_publish_Then_CloudWatch_may_and_EventBridge_may_not()
    {
        Assert.Null(TopicAccess.Refusal(Topic(), CloudWatch, null));
        Assert.Equal("AuthorizationError", TopicAccess.Refusal(Topic(), Events, null)!.Code);
    }

    [Theory]
    [InlineData("""{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sns:Publish","Resource":"*"}""", false, true)]
    [InlineData("""{"Effect":"Allow","Principal":{"Service":["cloudwatch.amazonaws.com","events.amazonaws.com"]},"Action":"SNS:*","Resource":"arn:aws:sns:us-east-1:000000000000:alerts"}""", true, true)]
    [InlineData("""{"Effect":"Allow","Principal":"*","Action":"sns:Publish","Resource":"arn:aws:sns:us-east-1:000000000000:other"}""", false, false)]
    [InlineData("""{"Effect":"Allow","Principal":"*","Action":"sns:Publish","Resource":"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:cloudwatch:*:*:alarm:*"}}}""", true, false)]
    [InlineData("""{"Effect":"Allow","Principal":{"Service":"cloudwatch.amazonaws.com"},"Action":"sns:Publish","Resource":"*","Condition":{"StringEquals":{"aws:SourceAccount":"111111111111"}}}""", false, false)]
    public void Given_a_policy_When_services_publish_Then_principals_resources_and_conditions_decide(string statement, bool cloudWatch, bool events)
    {
        var topic = Topic(new() { ["Policy"] = $"{{\"Version\":\"2012-10-17\",\"Statement\":[{statement}]}}" });

        Assert.Equal((cloudWatch, events), (TopicAccess.Refusal(topic, CloudWatch, null) is null, TopicAccess.Refusal(topic, Events, null) is null));
    }

    [Theory]
    [InlineData("""{"Effect":"Allow","Principal":{"Service":"cloudwatch.amazonaws.com"},"Action":["kms:Decrypt","kms:GenerateDataKey*"],"Resource":"*"}""", null)]
    [InlineData("""{"Effect":"Allow","Principal":{"Service":"cloudwatch.amazonaws.com"},"Action":"kms:Decrypt","Resource":"*"}""", "KMSAccessDenied")]
    [InlineData("""{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"kms:*","Resource":"*"}""", "KMSAccessDenied")]
    [InlineData(null, "KMSAccessDenied")]
    public void Given_an_encrypted_topic_When_CloudWatch_publishes_Then_the_policy_of_the_key_decides(string? statement, string? code)
    {
        var key = new TopicKey("arn:aws:kms:us-east-1:000000000000:key/k", IsEnabled: true, statement is null ? null : $"{{\"Statement\":[{statement}]}}");

        Assert.Equal(code, TopicAccess.Refusal(Topic(new() { ["KmsMasterKeyId"] = "k" }), CloudWatch, key)?.Code);
    }

    [Fact]
    public void Given_a_key_that_is_absent_or_disabled_When_anybody_publishes_Then_it_is_refused()
    {
        var topic = Topic(new() { ["KmsMasterKeyId"] = "k" });

        Assert.Equal("KMSNotFound", TopicAccess.KeyFault(topic, null)!.Code);
        Assert.Equal("KMSDisabled", TopicAccess.KeyFault(topic, new TopicKey("arn", IsEnabled: false, null))!.Code);
        Assert.Null(TopicAccess.KeyFault(Topic(), null));
    }

    private static Topic Topic(Dictionary<string, string>? attributes = null) => new(Arn, attributes ?? [], new Dictionary<string, string>());
}
