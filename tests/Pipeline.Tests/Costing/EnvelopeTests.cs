using BuildPipeline.Costing;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace BuildPipeline.Pipeline.Tests.Costing;

public sealed class EnvelopeTests
{
    private static readonly EnvelopeInputs Inputs = new(
        TimeSpan.FromHours(8), 0.1, TimeSpan.FromHours(16), TimeSpan.FromHours(48), TimeSpan.FromHours(24), Spot: true, TimeSpan.FromHours(3), TimeSpan.FromHours(1),
        TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(5), 0.7, 0.6);

    [Fact]
    public void Given_TheSameInputs_When_Drawn_Then_TheFiguresAreTheSame() => Assert.Equal(Envelope.Of(Inputs), Envelope.Of(Inputs));

    [Fact]
    public void Given_OnDemandWithoutSpread_When_Drawn_Then_TimeIsWorkAndCheckpointsAndNothingElse()
    {
        var envelope = Envelope.Of(Inputs with { Spot = false, WorkSpread = 0 });

        Assert.Equal(8 * 3600 * (1 + (5 / 600.0)), envelope.ExpectedBillable.TotalSeconds, 0.001);
        Assert.Equal(envelope.ExpectedBillable, envelope.P90Billable);
        Assert.Equal((0, 0, 0), (envelope.Time.Interruptions, envelope.Time.LostShare, envelope.Time.DeadlineRisk));
    }

    [Fact]
    public void Given_ShorterUpRuns_When_Drawn_Then_MoreIsLostAndItIsDearerAndLater()
    {
        var (calm, rough) = (Envelope.Of(Inputs), Envelope.Of(Inputs with { UpRun = TimeSpan.FromMinutes(45) }));

        Assert.True(rough.Time.Interruptions > calm.Time.Interruptions);
        Assert.True(rough.Time.LostShare > calm.Time.LostShare);
        Assert.True(rough.ExpectedBillable > calm.ExpectedBillable);
        Assert.True(rough.Time.DeadlineRisk > calm.Time.DeadlineRisk);
    }

    [Fact]
    public void Given_AnIntervalAndAnUpRun_When_TheLossIsAsked_Then_ItIsHalfAnIntervalAnUpRun() =>
        Assert.Equal(0.1, Envelope.LostShare(TimeSpan.FromMinutes(30), TimeSpan.FromHours(10), TimeSpan.FromHours(2.5)), 6);

    [Property(MaxTest = 40)]
    public Property Given_AnyJob_When_Drawn_Then_ExpectedIsAtMostP90AndP90AtMostTheRunningTime()
    {
        var minutes = Gen.Choose(1, 2000);
        var drawn = minutes.SelectMany(work => minutes.SelectMany(limit => minutes.SelectMany(upRun => Gen.Elements(true, false).Select(spot => (work, limit, upRun, spot)))));
        return Prop.ForAll(drawn.ToArbitrary(), job =>
        {
            var limit = TimeSpan.FromMinutes(job.limit);
            var envelope = Envelope.Of(Inputs with { Work = TimeSpan.FromMinutes(job.work), MaxRuntime = limit, MaxWait = 2 * limit, UpRun = TimeSpan.FromMinutes(job.upRun), Spot = job.spot });
            return envelope.ExpectedBillable <= envelope.P90Billable && envelope.P90Billable <= limit && envelope.Time.LostShare is >= 0 and <= 1;
        });
    }
}
