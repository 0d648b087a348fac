using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Sns;

/// <summary>How often and when a message goes to an endpoint again that did not take it: as on AWS, with a second in the place of 20.</summary>
internal static class DeliveryPolicy
{
    public const int Retries = 3;

    public static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    /// <summary>How long an endpoint has to answer.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <summary>EffectiveDeliveryPolicy.</summary>
    public static string Document { get; } = new JsonObject
    {
        ["http"] = new JsonObject
        {
            ["defaultHealthyRetryPolicy"] = new JsonObject
            {
                ["minDelayTarget"] = (int)Delay.TotalSeconds,
                ["maxDelayTarget"] = (int)Delay.TotalSeconds,
                ["numRetries"] = Retries,
                ["numMaxDelayRetries"] = 0,
                ["numNoDelayRetries"] = 0,
                ["numMinDelayRetries"] = 0,
                ["backoffFunction"] = "linear",
            },
            ["disableSubscriptionOverrides"] = false,
        },
    }.ToJsonString();

    /// <summary>True where a status is worth another try: SNS takes every 4xx but 429 as final.</summary>
    /// <param name="status">HTTP status; null if there was no answer.</param>
    public static bool IsWorthRetrying(int? status) => status is null or 429 or not (>= 400 and < 500);
}
