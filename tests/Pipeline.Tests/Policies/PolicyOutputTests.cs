using System.Text;
using BuildPipeline.Policies;

namespace BuildPipeline.Pipeline.Tests.Policies;

public sealed class PolicyOutputTests
{
    private const string Finding = """{"id": "cost.large", "owner": "platform", "severity": "warning", "message": "large"}""";

    [Fact]
    public void Given_Findings_When_Read_Then_EachIsAsPrinted()
    {
        Assert.Empty(Read("[]"));
        Assert.Equal([new PolicyFinding("cost.large", "platform", PolicySeverity.Warning, "large")], Read($" [{Finding}]\n"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ok")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[null]")]
    [InlineData("[{}]")]
    [InlineData("[] []")]
    [InlineData("[")]
    [InlineData("""[{"id": "a", "owner": "b", "severity": "info"}]""")]
    [InlineData("""[{"id": null, "owner": "b", "severity": "info", "message": "m"}]""")]
    [InlineData("""[{"id": "a", "owner": "b", "severity": "fatal", "message": "m"}]""")]
    [InlineData("""[{"id": "a", "owner": "b", "severity": 7, "message": "m"}]""")]
    [InlineData("""[{"id": "a", "owner": "b", "severity": "deny", "severity": "info", "message": "m"}]""")]
    [InlineData("""[{"id": "a", "owner": "b", "severity": "info", "Severity": "deny", "message": "m"}]""")]
    [InlineData("""[{"id": "a b", "owner": "b", "severity": "info", "message": "m"}]""")]
    [InlineData("""[{"id": "", "owner": "b", "severity": "info", "message": "m"}]""")]
    [InlineData("""[{"id": "a\n", "owner": "b", "severity": "info", "message": "m"}]""")]
    [InlineData("""[{"id": "a", "owner": "", "severity": "info", "message": "m"}]""")]
    [InlineData("""[{"id": "a", "owner": "b\u202e", "severity": "info", "message": "m"}]""")]
    public void Given_AnythingElse_When_Read_Then_TheRunIsRefused(string printed) => Assert.Equal(PolicyErrors.InvalidOutput, Refused(printed));

    [Fact]
    public void Given_TooManyOrTooLong_When_Read_Then_TheRunIsRefused()
    {
        Assert.Equal(PolicyOutput.MostFindings, Read($"[{string.Join(',', Enumerable.Repeat(Finding, PolicyOutput.MostFindings))}]").Count);
        Assert.Equal(PolicyErrors.InvalidOutput, Refused($"[{string.Join(',', Enumerable.Repeat(Finding, PolicyOutput.MostFindings + 1))}]"));
        Assert.Equal(PolicyErrors.InvalidOutput, Refused($"[{Finding.Replace("large\"}", new string('x', 1001) + "\"}", StringComparison.Ordinal)}]"));
        Assert.Equal(PolicyErrors.InvalidOutput, Refused("[\"\xff\"]", Encoding.Latin1));
    }

    [Fact]
    public void Given_AMessageWithASecret_When_Read_Then_ItEndsBeforeIt()
    {
        var secret = "ghp_" + new string('a', 36);

        Assert.DoesNotContain(secret, Read($"[{Finding.Replace("large\"}", $"token {secret}\"}}", StringComparison.Ordinal)}]")[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_FindingsInAnotherOrderWithOtherMessages_When_TheirScopeIsTaken_Then_ItIsTheSame()
    {
        PolicyFinding one = new("a", "x", PolicySeverity.Info, "at 10:00"), two = new("b", "x", PolicySeverity.Warning, "$5");

        Assert.Equal(new PolicyCheck("c", [one, two]).Scope().Rules, new PolicyCheck("c", [two with { Message = "$6" }, one, one with { Message = "at 11:00" }]).Scope().Rules);
        Assert.NotEqual(new PolicyCheck("c", [one]).Scope().Rules, new PolicyCheck("c", [one with { Severity = PolicySeverity.Warning }]).Scope().Rules);
        Assert.NotEqual(new PolicyCheck("c", [one]).Scope().Rules, new PolicyCheck("c", [one with { Owner = "y" }]).Scope().Rules);
    }

    private static IReadOnlyList<PolicyFinding> Read(string printed, Encoding? encoding = null) => PolicyOutput.Read("./rules", (encoding ?? Encoding.UTF8).GetBytes(printed));

    private static ErrorCode Refused(string printed, Encoding? encoding = null) => Assert.Throws<PipelineException>(() => Read(printed, encoding)).Code;
}
