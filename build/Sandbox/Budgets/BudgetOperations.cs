using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Budgets;

/// <summary>The operations on budgets and their tags.</summary>
internal sealed class BudgetOperations(BudgetStore store, BudgetAlerts alerts, SandboxSettings settings, TimeProvider time) : IAwsOperations
{
    private const int MostTags = 50;
    private const int PageSize = 100;
    private const string Usd = "USD";

    private static readonly TagRules Rules = new(MostTags, BudgetErrors.Invalid);
    private static readonly DateTimeOffset Forever = new(2087, 6, 15, 0, 0, 0, TimeSpan.Zero);

    public IReadOnlyDictionary<string, AwsOperation> Operations => new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
    {
        ["CreateBudget"] = AwsOperations.Of(call => Create(call.Input)),
        ["DescribeBudget"] = AwsOperations.Of(call => new JsonObject { ["Budget"] = Describe(Find(call.Input)) }),
        ["DescribeBudgets"] = AwsOperations.Of(call => List(call.Input)),
        ["UpdateBudget"] = AwsOperations.Of(call => Update(call.Input)),
        ["DeleteBudget"] = AwsOperations.Of(call => Delete(call.Input)),
        ["TagResource"] = AwsOperations.Of(call => ChangeTags(call.Input, tags => Rules.With(tags, call.Input.Objects("ResourceTags")))),
        ["UntagResource"] = AwsOperations.Of(call => ChangeTags(call.Input, tags => TagRules.Without(tags, call.Input.Texts("ResourceTagKeys")))),
        ["ListTagsForResource"] = AwsOperations.Of(call => new JsonObject { ["ResourceTags"] = TagRules.Describe(Tagged(call.Input).Tags) }),
    };

    /// <summary>The budget that a request names.</summary>
    /// <exception cref="AwsError">The account has none of that name.</exception>
    public Budget Find(JsonObject input)
    {
        CheckAccount(input);
        return store.Find(input.RequiredText("BudgetName")) ?? throw BudgetErrors.NoBudget(input.RequiredText("BudgetName"));
    }

    private JsonObject Create(JsonObject input)
    {
        CheckAccount(input);
        var budget = Read(input["Budget"]!.AsObject()) with
        {
            Notifications = [.. input.Objects("NotificationsWithSubscribers").Select(NotificationOperations.Read)],
            Tags = Rules.With(new Dictionary<string, string>(), input.Objects("ResourceTags")),
        };
        if (store.Find(budget.Name) is not null)
        {
            throw new AwsError(400, "DuplicateRecordException", $"Error creating budget: {budget.Name} - the budget already exists.");
        }

        store.Put(budget);
        alerts.Check();
        return [];
    }

    private JsonObject Update(JsonObject input)
    {
        CheckAccount(input);
        var changed = Read(input["NewBudget"]!.AsObject());
        _ = store.Update(changed.Name, before => changed with { Notifications = before.Notifications, Tags = before.Tags }) ?? throw BudgetErrors.NoBudget(changed.Name);
        alerts.Check();
        return [];
    }

    private Budget Read(JsonObject definition)
    {
        var name = definition.RequiredText("BudgetName");
        if (definition["BudgetLimit"] is not JsonObject limit || limit.RequiredText("Unit") != Usd)
        {
            throw BudgetErrors.Invalid($"A cost budget must have a BudgetLimit in {Usd}.");
        }

        foreach (var (filter, values) in definition["CostFilters"] as JsonObject ?? [])
        {
            if (BudgetFilters.FaultOf(filter, [.. values!.AsArray().Select(value => value!.GetValue<string>())]) is { } fault)
            {
                throw BudgetErrors.Invalid(fault);
            }
        }

        var (now, stored) = (time.GetUtcNow(), definition.DeepClone().AsObject());
        var budget = new Budget(name, stored, now);
        var period = stored["TimePeriod"] as JsonObject ?? [];
        stored["TimePeriod"] = new JsonObject
        {
            ["Start"] = period["Start"]?.DeepClone() ?? budget.PeriodOf(now).ToEpochSeconds(), ["End"] = period["End"]?.DeepClone() ?? Forever.ToEpochSeconds(),
        };
        return budget;
    }

    private JsonObject Describe(Budget budget)
    {
        var document = budget.Definition.DeepClone().AsObject();
        var spend = store.SpendOf(budget, time.GetUtcNow()).ToString("0.###", System.Globalization.CultureInfo.InvariantCulture);
        document["CalculatedSpend"] = new JsonObject { ["ActualSpend"] = new JsonObject { ["Amount"] = spend, ["Unit"] = Usd } };
        document["LastUpdatedTime"] = budget.Updated.ToEpochSeconds();
        return document;
    }

    private JsonObject List(JsonObject input)
    {
        CheckAccount(input);
        var (page, next) = Paging.Page(store.Budgets, input.Text("NextToken"), input.Integer("MaxResults") ?? PageSize, BudgetErrors.InvalidToken);
        var answer = new JsonObject { ["Budgets"] = new JsonArray([.. page.Select(Describe)]) };
        if (next is not null)
        {
            answer["NextToken"] = next;
        }

        return answer;
    }

    private JsonObject Delete(JsonObject input)
    {
        store.Remove(Find(input).Name);
        return [];
    }

    private JsonObject ChangeTags(JsonObject input, Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> change)
    {
        store.Update(Tagged(input).Name, budget => budget with { Tags = change(budget.Tags) });
        return [];
    }

    private Budget Tagged(JsonObject input) => store.Find(input.RequiredText("ResourceARN").Split(":budget/")[^1]) ?? throw BudgetErrors.NoBudget(input.RequiredText("ResourceARN"));

    private void CheckAccount(JsonObject input)
    {
        if (input.RequiredText("AccountId") is var account && account != settings.AccountId)
        {
            throw new AwsError(400, "AccessDeniedException", $"Account {settings.AccountId} is not authorized to use budgets of the account {account}.");
        }
    }
}

/// <summary>AWS Budgets' refusals.</summary>
internal static class BudgetErrors
{
    public static AwsError Invalid(string message) => new(400, "InvalidParameterException", message);

    public static AwsError NoBudget(string name) => new(400, "NotFoundException", $"Unable to get budget: {name} - the budget doesn't exist.");

    public static AwsError InvalidToken() => new(400, "InvalidNextTokenException", "The NextToken is invalid: it comes from another request.");
}
