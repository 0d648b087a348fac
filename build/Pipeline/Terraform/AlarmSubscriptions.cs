using System.Text.Json;

namespace BuildPipeline.Terraform;

/// <summary>The subscriptions of an environment's alarms: SNS sends nothing to an address before it has confirmed.</summary>
public static class AlarmSubscriptions
{
    private const string Type = "aws_sns_topic_subscription";

    /// <summary>Addresses that have not confirmed when a plan was made, or that it subscribes.</summary>
    public static IReadOnlyList<string> Pending(PlanRecord plan) =>
    [
        .. from subscription in plan.Resources
           where subscription.Type == Type && (subscription.Action is "create" or "replace" || (subscription.Action != "delete" && IsPending(subscription.Values)))
           select subscription.Values.Text("endpoint") ?? subscription.Address,
    ];

    private static bool IsPending(JsonElement values) => values.TryGetProperty("pending_confirmation", out var pending) && pending.ValueKind == JsonValueKind.True;
}
