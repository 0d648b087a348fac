namespace BuildPipeline.Sandbox.Events;

/// <summary>A rule of the default event bus, as it is stored.</summary>
/// <param name="Pattern">EventPattern; null for a rule that has a schedule only.</param>
internal sealed record EventRule(string Name, string Arn, string? Pattern)
{
    /// <summary>ScheduleExpression; null for a rule that has a pattern only.</summary>
    public string? Schedule { get; init; }

    /// <summary>Since when the schedule is counted.</summary>
    public DateTimeOffset Since { get; init; }

    public bool IsEnabled { get; init; } = true;

    public string? Description { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<EventTarget> Targets { get; init; } = [];
}

/// <summary>Where a rule sends its events.</summary>
/// <param name="Arn">ARN of a topic or of a project of CodeBuild.</param>
internal sealed record EventTarget(string Id, string Arn)
{
    /// <summary>The role that EventBridge starts a build as; null for a topic.</summary>
    public string? RoleArn { get; init; }

    /// <summary>RetryPolicy.MaximumRetryAttempts; null where it is not set.</summary>
    public int? Retries { get; init; }

    /// <summary>What is sent in the event's place; null for the event.</summary>
    public string? Input { get; init; }

    /// <summary>Path of the part that is sent; null for all.</summary>
    public string? InputPath { get; init; }

    public InputTransformer? InputTransformer { get; init; }
}

/// <summary>Makes the text that is sent out of parts of the event.</summary>
/// <param name="InputPathsMap">Paths of the parts by their names in the template.</param>
internal sealed record InputTransformer(IReadOnlyDictionary<string, string> InputPathsMap, string InputTemplate);

/// <summary>What became of an event at one target of a rule.</summary>
/// <param name="Error">Why it was not delivered; null if it was.</param>
internal sealed record EventDelivery(string Rule, string Target, string EventId, string DetailType, DateTimeOffset Time, string? Error);
