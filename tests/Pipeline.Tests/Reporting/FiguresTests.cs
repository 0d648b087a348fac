using BuildPipeline.Runs;

namespace BuildPipeline.Pipeline.Tests.Reporting;

/// <summary>Durations, counts, amounts and states as people read them.</summary>
public sealed class FiguresTests
{
    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(4.54, "4.5 s")]
    [InlineData(125, "2 min 5 s")]
    [InlineData(1800, "30 min")]
    [InlineData(3600, "1 h")]
    [InlineData(3660.4, "1 h 1 min")]
    [InlineData(100_000, "27 h 46 min")]
    public void Given_ADuration_When_Shown_Then_APartThatIsZeroIsLeftOut(double seconds, string shown) =>
        Assert.Equal(shown, TimeSpan.FromSeconds(seconds).InWords());

    [Theory]
    [InlineData(1, "1 process")]
    [InlineData(0, "0 processes")]
    [InlineData(0.284, "0.28 processes")]
    public void Given_ACount_When_Shown_Then_TheNounAgrees(double count, string shown) =>
        Assert.Equal(shown, Counted.Format(count, "process", "processes"));

    [Theory]
    [InlineData(0, "$0.00")]
    [InlineData(0.00001, "<$0.0001")]
    [InlineData(0.00005, "$0.0001")]
    [InlineData(0.0051, "$0.0051")]
    [InlineData(1234.5, "$1,234.50")]
    public void Given_AnAmount_When_Shown_Then_OnlyNothingLooksLikeNothing(decimal amount, string shown) =>
        Assert.Equal(shown, new Usd(amount).ToString());

    [Fact]
    public void Given_EveryState_When_Shown_Then_EachIsALowercasePhraseOfItsOwn()
    {
        var shown = Enum.GetValues<RunState>().Select(state => state.InWords()).ToList();

        Assert.Distinct(shown);
        Assert.All(shown, phrase => Assert.Matches("^[a-z][a-z, ]+$", phrase));
    }
}
