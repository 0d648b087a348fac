namespace BuildPipeline.Sandbox.Sns;

/// <summary>What became of a message on its way to one subscription.</summary>
/// <param name="Type"><c>Notification</c>, <c>SubscriptionConfirmation</c> or <c>UnsubscribeConfirmation</c>.</param>
internal sealed record Delivery(string MessageId, string TopicArn, string SubscriptionArn, string Protocol, string Endpoint, string Type)
{
    /// <summary><c>pending</c>, <c>delivered</c>, <c>recorded</c> (e-mail: nothing leaves this machine) or <c>failed</c>.</summary>
    public string Status { get; init; } = "pending";

    public string? Subject { get; init; }

    /// <summary>What was sent.</summary>
    public string Body { get; init; } = "";

    /// <summary>Opened, it confirms the subscription; null of a notification.</summary>
    public string? SubscribeUrl { get; init; }

    /// <summary>When the message was published.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>How often it was sent.</summary>
    public int Attempts { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public string? Error { get; init; }
}
