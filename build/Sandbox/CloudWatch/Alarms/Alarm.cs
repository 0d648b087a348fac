using System.Text.Json.Serialization;
using BuildPipeline.Sandbox.CloudWatch.Metrics;

namespace BuildPipeline.Sandbox.CloudWatch.Alarms;

/// <summary>StateValue; the names are AWS's.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AlarmState>))]
internal enum AlarmState
{
    OK,
    ALARM,
    INSUFFICIENT_DATA,
}

/// <summary>All that is known of one alarm, as it is stored.</summary>
/// <param name="Metric">What a metric alarm watches; null for a composite alarm.</param>
/// <param name="Rule">AlarmRule of a composite alarm; null for a metric alarm.</param>
/// <param name="ConfigurationUpdated">When it was last put.</param>
internal sealed record Alarm(string Name, string Arn, MetricCondition? Metric, string? Rule, DateTimeOffset ConfigurationUpdated)
{
    public string? Description { get; init; }

    public bool ActionsEnabled { get; init; } = true;

    public IReadOnlyList<string> OkActions { get; init; } = [];

    public IReadOnlyList<string> AlarmActions { get; init; } = [];

    public IReadOnlyList<string> InsufficientDataActions { get; init; } = [];

    public required AlarmStatus Status { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>The region that it is in.</summary>
    [JsonIgnore]
    public string Region => Arn.Split(':')[3];

    /// <summary>AlarmType, as AWS names it.</summary>
    [JsonIgnore]
    public string Type => Rule is null ? "MetricAlarm" : "CompositeAlarm";

    /// <summary>The ARNs of what happens when it enters a state.</summary>
    public IReadOnlyList<string> ActionsOf(AlarmState state) => state switch
    {
        AlarmState.OK => OkActions,
        AlarmState.ALARM => AlarmActions,
        _ => InsufficientDataActions,
    };
}

/// <summary>The state of an alarm, since when it has it, and why.</summary>
/// <param name="Updated">When the state was last set.</param>
/// <param name="Transitioned">When it was last another one.</param>
internal sealed record AlarmStatus(AlarmState State, string Reason, string? ReasonData, DateTimeOffset Updated, DateTimeOffset Transitioned)
{
    /// <summary>The state of a new alarm.</summary>
    public static AlarmStatus New(DateTimeOffset now) => new(AlarmState.INSUFFICIENT_DATA, "Unchecked: Initial alarm creation", null, now, now);
}

/// <summary>What a metric alarm watches, and what it compares it with.</summary>
/// <param name="Statistic">Statistic or ExtendedStatistic, for example <c>Sum</c> or <c>p90</c>.</param>
/// <param name="Period">Seconds.</param>
/// <param name="EvaluationPeriods">N of "M out of N".</param>
internal sealed record MetricCondition(
    string Namespace, string MetricName, string Statistic, int Period, int EvaluationPeriods, double Threshold, string ComparisonOperator)
{
    private const int Minute = 60;
    private const int Hour = 3600;
    private const int Day = 86_400;

    public IReadOnlyList<Dimension> Dimensions { get; init; } = [];

    /// <summary>Unit of the values that count; null for all.</summary>
    public string? Unit { get; init; }

    /// <summary>M of "M out of N"; null for N.</summary>
    public int? DatapointsToAlarm { get; init; }

    /// <summary>What a period without a value counts as; null for <c>missing</c>.</summary>
    public string? TreatMissingData { get; init; }

    public string? EvaluateLowSampleCountPercentile { get; init; }

    [JsonIgnore]
    public MetricKey Key => new(Namespace, MetricName, Dimensions);

    [JsonIgnore]
    public bool IsPercentile => Percentile.Parse(Statistic) is not null;

    /// <summary>Seconds between two evaluations: ten where the period is below a minute, an hour where they cover more than a day, a minute otherwise.</summary>
    [JsonIgnore]
    public int Interval => Period < Minute ? 10 : (long)Period * EvaluationPeriods > Day ? Hour : Minute;

    /// <summary>True for a value that the threshold is set against.</summary>
    public bool IsBreaching(double value) => ComparisonOperator switch
    {
        "GreaterThanOrEqualToThreshold" => value >= Threshold,
        "GreaterThanThreshold" => value > Threshold,
        "LessThanThreshold" => value < Threshold,
        _ => value <= Threshold,
    };
}
