using BuildPipeline.Sandbox.CloudWatch.Alarms;

namespace BuildPipeline.Sandbox.Tests.CloudWatch;

public sealed class AlarmRuleTests
{
    private static readonly Dictionary<string, AlarmState> States = new()
    {
        ["bad"] = AlarmState.ALARM, ["good"] = AlarmState.OK, ["new"] = AlarmState.INSUFFICIENT_DATA, ["with space (1)"] = AlarmState.ALARM,
    };

    [Theory]
    [InlineData("ALARM(bad)", true)]
    [InlineData("ALARM(\"bad\")", true)]
    [InlineData("ALARM(\"with space (1)\")", true)]
    [InlineData("ALARM( good )", false)]
    [InlineData("OK(good)", true)]
    [InlineData("INSUFFICIENT_DATA(new)", true)]
    [InlineData("NOT ALARM(good)", true)]
    [InlineData("NOT NOT ALARM(bad)", true)]
    [InlineData("ALARM(bad) AND ALARM(good)", false)]
    [InlineData("ALARM(bad) OR ALARM(good)", true)]
    [InlineData("TRUE OR TRUE AND FALSE", true)]
    [InlineData("(TRUE OR TRUE) AND FALSE", false)]
    [InlineData("NOT (TRUE AND FALSE)\n  AND\tTRUE", true)]
    [InlineData("FALSE", false)]
    [InlineData("ALARM(absent)", false)]
    public void Given_a_rule_When_evaluated_Then_operators_and_states_decide(string rule, bool holds) =>
        Assert.Equal(holds, AlarmRule.Parse(rule).Holds(name => States.TryGetValue(name, out var state) ? state : null));

    [Theory]
    [InlineData("")]
    [InlineData("ALARM")]
    [InlineData("ALARM()")]
    [InlineData("ALARM(a) ALARM(b)")]
    [InlineData("(ALARM(a)")]
    [InlineData("ALARM(a))")]
    [InlineData("AND ALARM(a)")]
    [InlineData("XALARM(a)")]
    [InlineData("ALARM(a) XOR ALARM(b)")]
    [InlineData("alarm(a)")]
    public void Given_what_is_no_rule_When_parsed_Then_it_is_refused(string rule) => Assert.Throws<FormatException>(() => AlarmRule.Parse(rule));

    [Fact]
    public void Given_more_alarms_or_elements_than_allowed_When_parsed_Then_it_is_refused()
    {
        Assert.Equal(100, AlarmRule.Parse(string.Join(" OR ", Enumerable.Range(0, 100).Select(i => $"OK(a{i})"))).Alarms.Count);
        Assert.Throws<FormatException>(() => AlarmRule.Parse(string.Join(" OR ", Enumerable.Range(0, 101).Select(i => $"OK(a{i})"))));
        Assert.Throws<FormatException>(() => AlarmRule.Parse(string.Join(" OR ", Enumerable.Repeat("TRUE", 501))));
    }
}
