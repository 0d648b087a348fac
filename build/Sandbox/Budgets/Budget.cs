using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Budgets;

/// <summary>A cost budget, as it is stored.</summary>
/// <param name="Definition">The member Budget as it was sent, for the answers that echo it.</param>
/// <param name="Updated">When it was last changed.</param>
internal sealed record Budget(string Name, JsonObject Definition, DateTimeOffset Updated)
{
    public IReadOnlyList<BudgetNotification> Notifications { get; init; } = [];

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>US dollars in a period.</summary>
    [JsonIgnore]
    public decimal Limit => decimal.Parse(Definition["BudgetLimit"]!.AsObject().RequiredText("Amount"), CultureInfo.InvariantCulture);

    /// <summary>True for a charge that counts: each filter has a value that fits it.</summary>
    public bool Counts(Charge charge) => (Definition["CostFilters"] as JsonObject ?? []).All(filter =>
        filter.Value!.AsArray().Any(value => BudgetFilters.Fits(filter.Key, value!.GetValue<string>(), charge)));

    /// <summary>When the period began that a moment is in.</summary>
    public DateTimeOffset PeriodOf(DateTimeOffset moment)
    {
        var utc = moment.UtcDateTime;
        var start = Definition.RequiredText("TimeUnit") switch
        {
            "DAILY" => utc.Date,
            "MONTHLY" => new DateTime(utc.Year, utc.Month, 1),
            "QUARTERLY" => new DateTime(utc.Year, ((utc.Month - 1) / 3 * 3) + 1, 1),
            _ => new DateTime(utc.Year, 1, 1),
        };
        return new DateTimeOffset(start, TimeSpan.Zero);
    }
}

/// <summary>When a budget tells whom.</summary>
/// <param name="Type"><c>ACTUAL</c> or <c>FORECASTED</c>.</param>
/// <param name="ThresholdType"><c>PERCENTAGE</c> of the limit, or <c>ABSOLUTE_VALUE</c> in dollars.</param>
internal sealed record BudgetNotification(string Type, string ComparisonOperator, double Threshold, string ThresholdType)
{
    public IReadOnlyList<BudgetSubscriber> Subscribers { get; init; } = [];

    /// <summary>The period for which it was sent last: it is sent once in each.</summary>
    public DateTimeOffset? SentFor { get; init; }

    /// <summary>True if it is the same notification, whoever subscribes to it.</summary>
    public bool IsSame(BudgetNotification other) =>
        (Type, ComparisonOperator, Threshold, ThresholdType) == (other.Type, other.ComparisonOperator, other.Threshold, other.ThresholdType);

    /// <summary>True where a spend crosses the threshold. There is no forecast: AWS makes none before five weeks of usage.</summary>
    /// <param name="spend">US dollars in the period.</param>
    public bool IsDue(decimal spend, decimal limit)
    {
        var threshold = (decimal)Threshold * (ThresholdType == "PERCENTAGE" ? limit / 100 : 1);
        return Type == "ACTUAL" && ComparisonOperator switch
        {
            "GREATER_THAN" => spend > threshold,
            "LESS_THAN" => spend < threshold,
            _ => spend == threshold,
        };
    }
}

/// <param name="Type"><c>SNS</c> or <c>EMAIL</c>.</param>
/// <param name="Address">ARN of a topic, or an e-mail address.</param>
internal sealed record BudgetSubscriber(string Type, string Address);

/// <summary>What a training job cost.</summary>
/// <param name="Usd">US dollars.</param>
/// <param name="Tags">The job's tags when it ended.</param>
internal sealed record Charge(string JobArn, DateTimeOffset Time, decimal Usd, IReadOnlyDictionary<string, string> Tags);
