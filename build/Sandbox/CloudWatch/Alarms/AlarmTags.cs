using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CloudWatch.Alarms;

/// <summary>The operations on the tags of alarms.</summary>
internal sealed class AlarmTags(PerRegion<AlarmStore> stores) : IAwsOperations
{
    private const int Most = 50;

    public static TagRules Rules { get; } = new(Most, AlarmRequests.Invalid);

    public IReadOnlyDictionary<string, AwsOperation> Operations => new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
    {
        ["TagResource"] = AwsOperations.Of(call => Change(call, tags => Rules.With(tags, call.Input.Objects("Tags")))),
        ["UntagResource"] = AwsOperations.Of(call => Change(call, tags => TagRules.Without(tags, call.Input.Texts("TagKeys")))),
        ["ListTagsForResource"] = AwsOperations.Of(call => new JsonObject { ["Tags"] = TagRules.Describe(Find(call).Tags) }),
    };

    private JsonObject Change(AwsCall call, Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> change)
    {
        stores.In(call.Region).Update(Find(call).Name, alarm => alarm with { Tags = change(alarm.Tags) });
        return [];
    }

    private Alarm Find(AwsCall call)
    {
        var arn = call.Input.RequiredText("ResourceARN");
        return stores.In(call.Region).Alarms.FirstOrDefault(alarm => alarm.Arn == arn)
            ?? throw new AwsError(404, "ResourceNotFoundException", $"The resource {arn} does not exist.");
    }
}
