using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Sns;

/// <summary>The operations on topics and their tags, and Publish.</summary>
internal sealed partial class TopicOperations(PerRegion<TopicStore> stores, Topics topics, SandboxSettings settings) : IAwsOperations
{
    private const int PageSize = 100;
    private const int MostTags = 50;

    private static readonly TagRules Rules = new(MostTags, SnsErrors.Invalid);

    public IReadOnlyDictionary<string, AwsOperation> Operations => new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
    {
        ["CreateTopic"] = AwsOperations.Of(Create),
        ["DeleteTopic"] = AwsOperations.Of(Delete),
        ["ListTopics"] = AwsOperations.Of(List),
        ["GetTopicAttributes"] = AwsOperations.Of(GetAttributes),
        ["SetTopicAttributes"] = AwsOperations.Of(SetAttributes),
        ["Publish"] = AwsOperations.Of(Publish),
        ["TagResource"] = AwsOperations.Of(call => ChangeTags(call, tags => Rules.With(tags, call.Input.Objects("Tags")))),
        ["UntagResource"] = AwsOperations.Of(call => ChangeTags(call, tags => TagRules.Without(tags, call.Input.Texts("TagKeys")))),
        ["ListTagsForResource"] = AwsOperations.Of(call => new JsonObject { ["Tags"] = TagRules.Describe(Tagged(call).Tags) }),
    };

    /// <summary>A topic of the region that a request was sent to.</summary>
    /// <exception cref="AwsError">There is none.</exception>
    public static Topic Find(TopicStore store, JsonObject input) => store.Find(input.RequiredText("TopicArn")) ?? throw SnsErrors.NoTopic();

    private JsonObject Create(AwsCall call)
    {
        var name = call.Input.RequiredText("Name");
        if (!TopicName().IsMatch(name))
        {
            throw SnsErrors.Invalid(name.EndsWith(".fifo", StringComparison.Ordinal) ? "Name Reason: the sandbox does not emulate FIFO topics" : "Topic Name");
        }

        var attributes = Attributes(call.Input);
        var tags = Rules.With(new Dictionary<string, string>(), call.Input.Objects("Tags"));
        var (store, arn) = (stores.In(call.Region), settings.Arn("sns", call.Region, name));
        var known = store.Find(arn);
        if (known is not null && attributes.Any(attribute => known.Attributes.GetValueOrDefault(attribute.Key) != attribute.Value))
        {
            throw SnsErrors.Invalid("Attributes Reason: Topic already exists with different attributes");
        }

        if (known is not null && tags.Any(tag => known.Tags.GetValueOrDefault(tag.Key) != tag.Value))
        {
            throw SnsErrors.Invalid("Tags Reason: Topic already exists with different tags");
        }

        store.Put(known ?? new Topic(arn, attributes, tags));
        return new JsonObject { ["TopicArn"] = arn };
    }

    private static Dictionary<string, string> Attributes(JsonObject input)
    {
        var attributes = (input["Attributes"] as JsonObject ?? []).ToDictionary(entry => entry.Key, entry => entry.Value!.GetValue<string>(), StringComparer.Ordinal);
        foreach (var (name, value) in attributes)
        {
            TopicAttributes.Check(name, value);
        }

        return attributes;
    }

    private JsonObject? Delete(AwsCall call)
    {
        stores.In(call.Region).Remove(call.Input.RequiredText("TopicArn"));
        return null;
    }

    private JsonObject List(AwsCall call)
    {
        var (page, next) = Paging.Page(stores.In(call.Region).Topics, call.Input.Text("NextToken"), PageSize, InvalidToken);
        var answer = new JsonObject { ["Topics"] = new JsonArray([.. page.Select(topic => new JsonObject { ["TopicArn"] = topic.Arn })]) };
        if (next is not null)
        {
            answer["NextToken"] = next;
        }

        return answer;
    }

    private JsonObject GetAttributes(AwsCall call)
    {
        var store = stores.In(call.Region);
        var topic = Find(store, call.Input);
        return new JsonObject { ["Attributes"] = TopicAttributes.Describe(topic, [.. store.SubscriptionsOf(topic.Arn)]) };
    }

    private JsonObject? SetAttributes(AwsCall call)
    {
        var store = stores.In(call.Region);
        var (topic, name, value) = (Find(store, call.Input), call.Input.RequiredText("AttributeName"), call.Input.Text("AttributeValue") ?? "");
        TopicAttributes.Check(name, value);
        store.Update(topic.Arn, before => before with
        {
            Attributes = before.Attributes.Where(attribute => attribute.Key != name).Append(KeyValuePair.Create(name, value)).ToDictionary(StringComparer.Ordinal),
        });
        return null;
    }

    private JsonObject Publish(AwsCall call)
    {
        var (topic, target) = (call.Input.Text("TopicArn"), call.Input.Text("TargetArn"));
        if (topic is null == target is null || stores.In(call.Region).Find(topic ?? target!) is null)
        {
            throw topic is null == target is null ? SnsErrors.Invalid("TopicArn or TargetArn Reason: exactly one must be given") : SnsErrors.NoTopic();
        }

        return new JsonObject { ["MessageId"] = topics.Publish(topic ?? target!, Message(call.Input)) };
    }

    private static TopicMessage Message(JsonObject input)
    {
        var (message, structure, subject) = (input.RequiredText("Message"), input.Text("MessageStructure"), input.Text("Subject"));
        if (structure is null)
        {
            return new TopicMessage(message) { Subject = subject };
        }

        var texts = structure == "json" ? JsonText.Parse(message) as JsonObject : throw SnsErrors.Invalid("MessageStructure");
        return texts?["default"]?.ToString() is { } body
            ? new TopicMessage(body) { Subject = subject, Email = texts["email"]?.ToString() }
            : throw SnsErrors.Invalid("Message Structure - No default entry in JSON message body");
    }

    private JsonObject ChangeTags(AwsCall call, Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> change)
    {
        stores.In(call.Region).Update(Tagged(call).Arn, topic => topic with { Tags = change(topic.Tags) });
        return [];
    }

    private Topic Tagged(AwsCall call) => stores.In(call.Region).Find(call.Input.RequiredText("ResourceArn"))
        ?? throw new AwsError(404, "ResourceNotFound", "Resource does not exist");

    private static AwsError InvalidToken() => SnsErrors.Invalid("NextToken");

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,256}\z")]
    private static partial Regex TopicName();
}
