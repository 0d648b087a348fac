using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.CloudWatch.Metrics;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CloudWatch.Alarms;

/// <summary>Reads what PutMetricAlarm and PutCompositeAlarm bring, by the rules that their documentation has beside the service model.</summary>
internal static class AlarmRequests
{
    private const int Minute = 60;
    private const int Hour = 3600;
    private const int Day = 86_400;
    private const int Week = 7 * Day;

    private static readonly int[] ShortPeriods = [10, 20, 30];
    private static readonly string[] MissingData = ["breaching", "ignore", "missing", "notBreaching"];

    /// <summary>What an alarm of either kind has.</summary>
    /// <param name="before">The alarm of that name until now, whose state and tags stay; null if there is none.</param>
    /// <exception cref="AwsError">ValidationError.</exception>
    public static Alarm Common(JsonObject input, Alarm? before, Func<string, string> arnOf, DateTimeOffset now)
    {
        var name = input.RequiredText("AlarmName");
        Require(!name.Any(char.IsControl), "The value for parameter AlarmName is invalid: it has control characters.");
        var arn = arnOf(name);
        return new Alarm(name, arn, null, null, now)
        {
            Description = input.Text("AlarmDescription"),
            ActionsEnabled = input["ActionsEnabled"] is null || input.Flag("ActionsEnabled"),
            OkActions = Actions(input, "OKActions", arn),
            AlarmActions = Actions(input, "AlarmActions", arn),
            InsufficientDataActions = Actions(input, "InsufficientDataActions", arn),
            Status = before?.Status ?? AlarmStatus.New(now),
            Tags = before?.Tags ?? AlarmTags.Rules.With(new Dictionary<string, string>(), input.Objects("Tags")),
        };
    }

    /// <exception cref="AwsError">ValidationError.</exception>
    public static MetricCondition Metric(JsonObject input)
    {
        Require(input["Statistic"] is null != input["ExtendedStatistic"] is null, "Exactly one of Statistic and ExtendedStatistic must be specified.");
        var condition = new MetricCondition(
            Required(input, "Namespace", input.Text("Namespace")),
            Required(input, "MetricName", input.Text("MetricName")),
            input.Text("Statistic") ?? input.Text("ExtendedStatistic")!,
            Required(input, "Period", input.Integer("Period")),
            Required(input, "EvaluationPeriods", input.Integer("EvaluationPeriods")),
            Required(input, "Threshold", input.Number("Threshold")),
            Required(input, "ComparisonOperator", input.Text("ComparisonOperator")))
        {
            Dimensions = MetricData.Dimensions(input),
            Unit = input.Text("Unit"),
            DatapointsToAlarm = input.Integer("DatapointsToAlarm"),
            TreatMissingData = input.Text("TreatMissingData"),
            EvaluateLowSampleCountPercentile = input.Text("EvaluateLowSampleCountPercentile"),
        };
        Check(condition);
        return condition;
    }

    /// <exception cref="AwsError">ValidationError: it is not a rule, an alarm in it does not exist, or one depends on the alarm itself.</exception>
    public static string Rule(JsonObject input, AlarmStore store, string name, string arn)
    {
        var text = input.RequiredText("AlarmRule");
        IReadOnlyList<string> children;
        try
        {
            children = AlarmRule.Parse(text).Alarms;
        }
        catch (FormatException exception)
        {
            throw Invalid($"AlarmRule is invalid: {exception.Message}.");
        }

        bool IsSelf(string child) => child == name || child == arn;
        string[] absent = [.. children.Where(child => !IsSelf(child) && store.Resolve(child) is null)];
        Require(absent.Length == 0, $"Could not save the composite alarm as alarms [{string.Join(", ", absent)}] in the alarm rule do not exist");

        // CloudWatch accepts a cycle, stops to evaluate it and lets nobody delete it.
        Require(
            !children.Any(child => IsSelf(child) || DependsOn(store, store.Resolve(child)!, name)),
            $"The sandbox does not emulate cycles: the rule of {name} refers to an alarm that depends on {name}.");
        return text;
    }

    public static AwsError Invalid(string message) => new(400, "ValidationError", message);

    public static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw Invalid(otherwise);
        }
    }

    private static bool DependsOn(AlarmStore store, Alarm alarm, string name) => alarm.Name == name || store.ChildrenOf(alarm).Any(child => DependsOn(store, child, name));

    private static void Check(MetricCondition condition)
    {
        var (period, periods, seconds) = (condition.Period, condition.EvaluationPeriods, (long)condition.Period * condition.EvaluationPeriods);
        Require(ShortPeriods.Contains(period) || period % Minute == 0, "Period must be 10, 20, 30 or a multiple of 60");
        Require(seconds <= Week, $"Metrics cannot be checked across more than {Week / Day} days (EvaluationPeriods * Period must be <= {Week}).");
        Require(period >= Hour || seconds <= Day, $"Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= {Day}).");
        Require(condition.DatapointsToAlarm is null || condition.DatapointsToAlarm <= periods, "DatapointsToAlarm must be less than or equal to EvaluationPeriods.");
        Require(
            condition.TreatMissingData is null || MissingData.Contains(condition.TreatMissingData),
            $"The value {condition.TreatMissingData} is not supported for TreatMissingData parameter.");
        Require(condition.IsPercentile || !condition.Statistic.StartsWith('p'), $"The value {condition.Statistic} for parameter ExtendedStatistic is not supported.");
    }

    private static IReadOnlyList<string> Actions(JsonObject input, string member, string arn)
    {
        var actions = input.Texts(member);
        foreach (var action in actions)
        {
            var parts = action.Split(':');
            Require(parts is ["arn", _, _, ..] && parts.Length > 5, $"Invalid arn syntax: {action}");
            Require(parts[2] == "sns" && parts.Length == 6, $"The sandbox does not emulate the action '{action}' of {member}: it has SNS topics.");
            Require(parts[3] == arn.Split(':')[3], $"Invalid region {parts[3]} specified. Only {arn.Split(':')[3]} is supported.");
        }

        return actions;
    }

    private static T Required<T>(JsonObject input, string member, T? value)
        where T : struct => value ?? throw Absent(input, member);

    private static string Required(JsonObject input, string member, string? value) => value ?? throw Absent(input, member);

    private static AwsError Absent(JsonObject input, string member) =>
        Invalid($"The parameter {member} is required for the alarm {input.RequiredText("AlarmName")}, which compares a metric with a threshold.");
}
