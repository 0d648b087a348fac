using BuildPipeline.Sandbox.CloudWatch.Alarms;
using BuildPipeline.Sandbox.CloudWatch.Metrics;

namespace BuildPipeline.Sandbox.Tests.CloudWatch;

/// <summary>The tables that CloudWatch's documentation has for missing data: X is breaching, 0 is not, - is missing; the newest is last.</summary>
public sealed class AlarmEvaluationTests
{
    private const AlarmState Retained = AlarmState.INSUFFICIENT_DATA;

    [Theory]
    [InlineData("0-X-X", 3, "OK", "OK", "OK", "OK")]
    [InlineData("0----", 3, "OK", "OK", "OK", "OK")]
    [InlineData("-----", 3, "INSUFFICIENT_DATA", "retained", "ALARM", "OK")]
    [InlineData("0XX-X", 3, "ALARM", "ALARM", "ALARM", "ALARM")]
    [InlineData("--X--", 3, "ALARM", "retained", "ALARM", "OK")]
    [InlineData("0-X-X", 2, "ALARM", "ALARM", "ALARM", "ALARM")]
    [InlineData("00X0X", 2, "ALARM", "ALARM", "ALARM", "ALARM")]
    [InlineData("0-X--", 2, "OK", "OK", "ALARM", "OK")]
    [InlineData("----0", 2, "OK", "OK", "ALARM", "OK")]
    [InlineData("---X-", 2, "ALARM", "retained", "ALARM", "OK")]
    public void Given_a_row_of_the_documentation_When_evaluated_Then_each_way_to_treat_missing_data_decides_as_it_says(
        string values, int datapointsToAlarm, string missing, string ignore, string breaching, string notBreaching) =>
        Assert.Equal(
            [missing, ignore, breaching, notBreaching],
            new[] { "missing", "ignore", "breaching", "notBreaching" }.Select(treatment => Evaluate(values, datapointsToAlarm, treatment)));

    [Theory]
    [InlineData("----X")]
    [InlineData("---X-")]
    public void Given_a_breaching_value_that_is_too_new_When_evaluated_Then_the_alarm_waits(string values) => Assert.Equal("retained", Evaluate(values, 3, "missing"));

    [Theory]
    [InlineData("GreaterThanThreshold", false, false, true)]
    [InlineData("GreaterThanOrEqualToThreshold", false, true, true)]
    [InlineData("LessThanThreshold", true, false, false)]
    [InlineData("LessThanOrEqualToThreshold", true, true, false)]
    public void Given_values_around_the_threshold_When_compared_Then_the_operator_decides(string comparison, bool below, bool at, bool above) =>
        Assert.Equal([below, at, above], new[] { 4.0, 5.0, 6.0 }.Select((Condition(1, "missing") with { Threshold = 5, ComparisonOperator = comparison }).IsBreaching));

    [Theory]
    [InlineData("p0", 1)]
    [InlineData("p50", 5)]
    [InlineData("p99.9", 10)]
    [InlineData("p100", 10)]
    public void Given_ten_values_When_a_percentile_is_asked_for_Then_it_is_the_value_at_its_rank(string percentile, double expected) =>
        Assert.Equal(expected, MetricStatistics.ByPeriod(Enumerable.Range(1, 10).Select(i => new Datapoint(0, 1, i, i, i)), 60, percentile)[0].Value);

    [Fact]
    public void Given_a_statistic_set_of_several_values_When_a_percentile_is_asked_for_Then_there_is_none() =>
        Assert.Empty(MetricStatistics.ByPeriod([new Datapoint(0, 2, 3, 1, 2)], 60, "p50"));

    private static string Evaluate(string values, int datapointsToAlarm, string treatment)
    {
        double?[] range = [.. values.Select(value => value switch { 'X' => 1.0, '0' => 0.0, _ => (double?)null })];
        AlarmState[] states = [.. new[] { AlarmState.OK, AlarmState.ALARM, Retained }.Select(current => AlarmEvaluation.Evaluate(Condition(datapointsToAlarm, treatment), range, current))];
        return states.Distinct().Count() == 1 ? states[0].ToString() : states is [AlarmState.OK, AlarmState.ALARM, Retained] ? "retained" : "mixed";
    }

    private static MetricCondition Condition(int datapointsToAlarm, string treatment) =>
        new("n", "m", "Sum", 60, 3, 0.5, "GreaterThanThreshold") { DatapointsToAlarm = datapointsToAlarm, TreatMissingData = treatment };
}
