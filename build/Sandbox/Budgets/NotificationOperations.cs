using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Budgets;

/// <summary>The operations on the notifications of budgets.</summary>
internal sealed class NotificationOperations(BudgetStore store, BudgetOperations budgets, BudgetAlerts alerts, TimeProvider time) : IAwsOperations
{
    private const int PageSize = 100;
    private const int Most = 10;
    private const string Percentage = "PERCENTAGE";

    public IReadOnlyDictionary<string, AwsOperation> Operations => new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
    {
        ["CreateNotification"] = AwsOperations.Of(call => Create(call.Input)),
        ["DeleteNotification"] = AwsOperations.Of(call => Delete(call.Input)),
        ["DescribeNotificationsForBudget"] = AwsOperations.Of(call => List(call.Input)),
        ["DescribeSubscribersForNotification"] = AwsOperations.Of(call => ListSubscribers(call.Input)),
    };

    /// <summary>A notification and its subscribers, as requests have them together.</summary>
    public static BudgetNotification Read(JsonObject input) => Key(input) with
    {
        Subscribers = [.. input.Objects("Subscribers").Select(subscriber => new BudgetSubscriber(subscriber.RequiredText("SubscriptionType"), subscriber.RequiredText("Address")))],
    };

    private static BudgetNotification Key(JsonObject input)
    {
        var notification = input["Notification"]!.AsObject();
        return new BudgetNotification(
            notification.RequiredText("NotificationType"), notification.RequiredText("ComparisonOperator"), notification.Number("Threshold")!.Value,
            notification.Text("ThresholdType") ?? Percentage);
    }

    private JsonObject Create(JsonObject input)
    {
        var (budget, added) = (budgets.Find(input), Read(input));
        if (budget.Notifications.Any(added.IsSame))
        {
            throw new AwsError(400, "DuplicateRecordException", "Unable to create notification: it already exists.");
        }

        if (budget.Notifications.Count >= Most)
        {
            throw new AwsError(400, "CreationLimitExceededException", $"A budget has at most {Most} notifications.");
        }

        store.Update(budget.Name, before => before with { Notifications = [.. before.Notifications, added] });
        alerts.Check();
        return [];
    }

    private JsonObject Delete(JsonObject input)
    {
        var (budget, notification) = (budgets.Find(input), Find(input));
        store.Update(budget.Name, before => before with { Notifications = [.. before.Notifications.Where(one => !one.IsSame(notification))] });
        return [];
    }

    private JsonObject List(JsonObject input)
    {
        var budget = budgets.Find(input);
        var period = budget.PeriodOf(time.GetUtcNow());
        return Page("Notifications", budget.Notifications, input, notification => new JsonObject
        {
            ["NotificationType"] = notification.Type,
            ["ComparisonOperator"] = notification.ComparisonOperator,
            ["Threshold"] = notification.Threshold,
            ["ThresholdType"] = notification.ThresholdType,
            ["NotificationState"] = notification.SentFor == period ? "ALARM" : "OK",
        });
    }

    private JsonObject ListSubscribers(JsonObject input) => Page("Subscribers", Find(input).Subscribers, input, subscriber => new JsonObject
    {
        ["SubscriptionType"] = subscriber.Type, ["Address"] = subscriber.Address,
    });

    private BudgetNotification Find(JsonObject input)
    {
        var key = Key(input);
        return budgets.Find(input).Notifications.FirstOrDefault(key.IsSame)
            ?? throw new AwsError(400, "NotFoundException", "Unable to get notification: the notification doesn't exist.");
    }

    private static JsonObject Page<T>(string member, IReadOnlyList<T> items, JsonObject input, Func<T, JsonObject> describe)
    {
        var (page, next) = Paging.Page(items, input.Text("NextToken"), input.Integer("MaxResults") ?? PageSize, BudgetErrors.InvalidToken);
        var answer = new JsonObject { [member] = new JsonArray([.. page.Select(describe)]) };
        if (next is not null)
        {
            answer["NextToken"] = next;
        }

        return answer;
    }
}
