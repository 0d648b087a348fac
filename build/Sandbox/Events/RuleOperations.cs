using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Events;

/// <summary>The operations on rules and their tags.</summary>
internal sealed class RuleOperations(PerRegion<EventStore> stores, SandboxSettings settings, TimeProvider time) : IAwsOperations
{
    private const int PageSize = 100;
    private const int MostTags = 50;
    private const string Bus = "default";

    private static readonly TagRules Rules = new(MostTags, EventErrors.Invalid);

    public IReadOnlyDictionary<string, AwsOperation> Operations => new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
    {
        ["PutRule"] = AwsOperations.Of(Put),
        ["DescribeRule"] = AwsOperations.Of(call => Describe(Find(stores, call, "Name"))),
        ["ListRules"] = AwsOperations.Of(List),
        ["DeleteRule"] = AwsOperations.Of(Delete),
        ["EnableRule"] = AwsOperations.Of(call => SetState(call, isEnabled: true)),
        ["DisableRule"] = AwsOperations.Of(call => SetState(call, isEnabled: false)),
        ["TagResource"] = AwsOperations.Of(call => ChangeTags(call, tags => Rules.With(tags, call.Input.Objects("Tags")))),
        ["UntagResource"] = AwsOperations.Of(call => ChangeTags(call, tags => TagRules.Without(tags, call.Input.Texts("TagKeys")))),
        ["ListTagsForResource"] = AwsOperations.Of(call => new JsonObject { ["Tags"] = TagRules.Describe(Tagged(call).Tags) }),
    };

    /// <summary>The rule that a request names.</summary>
    /// <param name="member">The member with its name.</param>
    /// <exception cref="AwsError">There is no such rule, or no such bus.</exception>
    public static EventRule Find(PerRegion<EventStore> stores, AwsCall call, string member)
    {
        CheckBus(call.Input);
        var name = call.Input.RequiredText(member);
        return stores.In(call.Region).Find(name) ?? throw EventErrors.NotFound($"Rule {name} does not exist on EventBus {Bus}.");
    }

    /// <exception cref="AwsError">A request asks for another bus than the default one.</exception>
    public static void CheckBus(JsonObject input)
    {
        if (input.Text("EventBusName") is { } bus && bus != Bus && !bus.EndsWith($":event-bus/{Bus}", StringComparison.Ordinal))
        {
            throw EventErrors.NotFound($"Event bus {bus} does not exist.");
        }
    }

    private JsonObject Put(AwsCall call)
    {
        CheckBus(call.Input);
        var (store, name) = (stores.In(call.Region), call.Input.RequiredText("Name"));
        var (pattern, schedule, before) = (call.Input.Text("EventPattern"), call.Input.Text("ScheduleExpression"), store.Find(name));
        CheckOccasion(pattern, schedule);
        var rule = new EventRule(name, settings.Arn("events", call.Region, $"rule/{name}"), pattern)
        {
            Schedule = schedule,
            Since = before is not null && before.Schedule == schedule ? before.Since : time.GetUtcNow(),
            IsEnabled = call.Input.Text("State") != "DISABLED",
            Description = call.Input.Text("Description"),
            Tags = before?.Tags ?? Rules.With(new Dictionary<string, string>(), call.Input.Objects("Tags")),
            Targets = before?.Targets ?? [],
        };
        store.Put(rule);
        return new JsonObject { ["RuleArn"] = rule.Arn };
    }

    /// <exception cref="AwsError">InvalidEventPatternException.</exception>
    public static EventPattern CheckPattern(string pattern)
    {
        try
        {
            return EventPattern.Parse(pattern);
        }
        catch (FormatException exception)
        {
            throw new AwsError(400, "InvalidEventPatternException", $"Event pattern is not valid. Reason: {exception.Message}");
        }
    }

    private static void CheckOccasion(string? pattern, string? schedule)
    {
        if (pattern is null && schedule is null)
        {
            throw EventErrors.Invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.");
        }

        if (pattern is not null)
        {
            CheckPattern(pattern);
        }

        if (schedule is not null && EventSchedule.Parse(schedule) is null)
        {
            throw EventErrors.Invalid($"Parameter ScheduleExpression is not valid: the sandbox emulates rate(VALUE UNIT), and '{schedule}' is none.");
        }
    }

    private JsonObject List(AwsCall call)
    {
        CheckBus(call.Input);
        var prefix = call.Input.Text("NamePrefix") ?? "";
        EventRule[] found = [.. stores.In(call.Region).Rules.Where(rule => rule.Name.StartsWith(prefix, StringComparison.Ordinal))];
        var (page, next) = Paging.Page(found, call.Input.Text("NextToken"), call.Input.Integer("Limit") ?? PageSize, EventErrors.InvalidToken);
        var answer = new JsonObject { ["Rules"] = new JsonArray([.. page.Select(Describe)]) };
        if (next is not null)
        {
            answer["NextToken"] = next;
        }

        return answer;
    }

    // To delete a rule that does not exist is no error.
    private JsonObject? Delete(AwsCall call)
    {
        CheckBus(call.Input);
        var (store, name) = (stores.In(call.Region), call.Input.RequiredText("Name"));
        if (store.Find(name) is { Targets.Count: > 0 })
        {
            throw EventErrors.Invalid("Rule can't be deleted since it has targets.");
        }

        store.Remove(name);
        return null;
    }

    private JsonObject? SetState(AwsCall call, bool isEnabled)
    {
        stores.In(call.Region).Update(Find(stores, call, "Name").Name, rule => rule with { IsEnabled = isEnabled });
        return null;
    }

    private JsonObject ChangeTags(AwsCall call, Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> change)
    {
        stores.In(call.Region).Update(Tagged(call).Name, rule => rule with { Tags = change(rule.Tags) });
        return [];
    }

    private EventRule Tagged(AwsCall call)
    {
        var arn = call.Input.RequiredText("ResourceARN");
        return stores.In(call.Region).Rules.FirstOrDefault(rule => rule.Arn == arn) ?? throw EventErrors.NotFound($"Rule {arn} does not exist.");
    }

    private static JsonObject Describe(EventRule rule)
    {
        var document = new JsonObject
        {
            ["Name"] = rule.Name,
            ["Arn"] = rule.Arn,
            ["State"] = rule.IsEnabled ? "ENABLED" : "DISABLED",
            ["EventBusName"] = Bus,
        };
        foreach (var (member, text) in new[] { ("EventPattern", rule.Pattern), ("ScheduleExpression", rule.Schedule), ("Description", rule.Description) })
        {
            if (text is not null)
            {
                document[member] = text;
            }
        }

        return document;
    }
}

/// <summary>EventBridge's refusals.</summary>
internal static class EventErrors
{
    public static AwsError Invalid(string message) => new(400, "ValidationException", message);

    public static AwsError NotFound(string message) => new(400, "ResourceNotFoundException", message);

    public static AwsError InvalidToken() => Invalid("The NextToken is invalid: it comes from another request.");
}
