using BuildPipeline.Terminal;
using Spectre.Console.Testing;

namespace BuildPipeline.Pipeline.Tests.Reporting;

public sealed class UnwrappedTests
{
    private const string Command = "./build.sh --target=Stop --run=20260131-120000-1a2b '--var-file=my files/a.tfvars' --environment=aws";

    [Fact]
    public void Given_NoTerminal_When_ALongSentenceIsSaid_Then_ItIsOneLine()
    {
        var console = new TestConsole().Width(80);

        console.Failed($"The job is still running. Stop it with {Command}.");
        console.Field("next", Command);

        Assert.Equal([$"✗ The job is still running. Stop it with {Command}.", $"{"next",-11} {Command}"], console.Output.TrimEnd('\n').Split('\n'));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(120)]
    public void Given_ATerminal_When_ASentenceIsFitted_Then_WordsAreKeptTogetherAndSoIsACommand(int width)
    {
        var text = $"The job finetune-sandbox-20260131-120000-1a2b is still running on two nodes of the account. Stop it with {Command}, or wait for s3://bucket/{new string('x', 130)}/model.tar.gz.";

        var lines = Unwrapped.Fit(text, width, 2).Split('\n');

        Assert.Equal(text, string.Join(' ', lines.Select((line, index) => index == 0 ? line : line[2..])));
        Assert.Contains(lines, line => line.Contains(Command, StringComparison.Ordinal));
        Assert.All(lines.Where(line => !line.Contains("build.sh", StringComparison.Ordinal) && !line.Contains("s3://", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 1, width));
    }

    [Fact]
    public void Given_IndentedLines_When_Fitted_Then_TheyStayAsTheyAre() =>
        Assert.Equal($"Use:\n  {Command}  x", Unwrapped.Fit($"Use:\n  {Command}  x", 20, 2));
}
