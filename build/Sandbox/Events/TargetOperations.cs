using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Events;

/// <summary>The operations on the targets of rules.</summary>
internal sealed class TargetOperations(PerRegion<EventStore> stores) : IAwsOperations
{
    private const int PageSize = 100;
    private const int MostTargets = 5;

    public IReadOnlyDictionary<string, AwsOperation> Operations => new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
    {
        ["PutTargets"] = AwsOperations.Of(Put),
        ["RemoveTargets"] = AwsOperations.Of(Remove),
        ["ListTargetsByRule"] = AwsOperations.Of(List),
    };

    private JsonObject Put(AwsCall call)
    {
        var rule = RuleOperations.Find(stores, call, "Rule");
        EventTarget[] put = [.. call.Input.Objects("Targets").Select(Read)];
        foreach (var target in put)
        {
            Check(target, rule);
        }

        stores.In(call.Region).Update(rule.Name, before => before with { Targets = With(before.Targets, put) });
        return NoFailures();
    }

    private JsonObject Remove(AwsCall call)
    {
        var rule = RuleOperations.Find(stores, call, "Rule");
        var ids = call.Input.Texts("Ids");
        stores.In(call.Region).Update(rule.Name, before => before with { Targets = [.. before.Targets.Where(target => !ids.Contains(target.Id))] });
        return NoFailures();
    }

    private JsonObject List(AwsCall call)
    {
        var rule = RuleOperations.Find(stores, call, "Rule");
        var (page, next) = Paging.Page(rule.Targets, call.Input.Text("NextToken"), call.Input.Integer("Limit") ?? PageSize, EventErrors.InvalidToken);
        var answer = new JsonObject { ["Targets"] = new JsonArray([.. page.Select(Describe)]) };
        if (next is not null)
        {
            answer["NextToken"] = next;
        }

        return answer;
    }

    private static EventTarget[] With(IReadOnlyList<EventTarget> targets, EventTarget[] put)
    {
        EventTarget[] all = [.. targets.Where(target => put.All(one => one.Id != target.Id)), .. put];
        return all.Length <= MostTargets ? all
            : throw new AwsError(400, "LimitExceededException", "The requested resource exceeds the maximum number allowed.");
    }

    private static void Check(EventTarget target, EventRule rule)
    {
        var (arn, owner) = (target.Arn.Split(':'), rule.Arn.Split(':'));
        if (arn is not ["arn", _, _, _, _, _, ..])
        {
            throw EventErrors.Invalid($"Provided Arn is not in correct format. Reason: '{target.Arn}' is not an ARN.");
        }

        if (arn[3] != owner[3] || arn[4] != owner[4])
        {
            throw EventErrors.Invalid($"The target {target.Arn} has to be in the region and the account of its rule, {owner[3]} and {owner[4]}.");
        }

        if ((TargetDelivery.FaultOf(target) ?? TargetInput.FaultOf(target)) is { } fault)
        {
            throw EventErrors.Invalid(fault);
        }
    }

    private static EventTarget Read(JsonObject target) => new(target.RequiredText("Id"), target.RequiredText("Arn"))
    {
        RoleArn = target.Text("RoleArn"),
        Retries = (target["RetryPolicy"] as JsonObject)?.Integer("MaximumRetryAttempts"),
        Input = target.Text("Input"),
        InputPath = target.Text("InputPath"),
        InputTransformer = target["InputTransformer"] is not JsonObject transformer ? null : new InputTransformer(
            (transformer["InputPathsMap"] as JsonObject ?? []).ToDictionary(path => path.Key, path => path.Value!.GetValue<string>(), StringComparer.Ordinal),
            transformer.RequiredText("InputTemplate")),
    };

    private static JsonObject Describe(EventTarget target)
    {
        var document = new JsonObject { ["Id"] = target.Id, ["Arn"] = target.Arn };
        foreach (var (member, text) in new[] { ("RoleArn", target.RoleArn), ("Input", target.Input), ("InputPath", target.InputPath) })
        {
            if (text is not null)
            {
                document[member] = text;
            }
        }

        if (target.Retries is { } retries)
        {
            document["RetryPolicy"] = new JsonObject { ["MaximumRetryAttempts"] = retries };
        }

        if (target.InputTransformer is { } transformer)
        {
            document["InputTransformer"] = new JsonObject
            {
                ["InputPathsMap"] = new JsonObject(transformer.InputPathsMap.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value))),
                ["InputTemplate"] = transformer.InputTemplate,
            };
        }

        return document;
    }

    private static JsonObject NoFailures() => new() { ["FailedEntryCount"] = 0, ["FailedEntries"] = new JsonArray() };
}
