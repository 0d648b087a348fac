using System.Text.Json;
using BuildPipeline.Aws;
using BuildPipeline.Journal;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Journal;

public sealed class LeaseTests
{
    private const string Key = "runs/dev/lease.json";

    private readonly ConditionalBucket _bucket = new();
    private readonly FakeTimeProvider _time = new(Sample.Noon);

    [Fact]
    public async Task Given_AHeldEnvironment_When_AnotherAcquiresIt_Then_ItLearnsTheHolderAndGetsItAfterTheRelease()
    {
        var (first, second) = (Create(), Create());
        Assert.Equal((true, null), await first.AcquireAsync("Launch", false, default));

        var (acquired, holder) = await second.AcquireAsync("Apply", false, default);

        Assert.False(acquired);
        Assert.Equal(("Launch", Environment.ProcessId, 1, Sample.Noon + Lease.Duration), (holder!.Target, holder.Process.Id, holder.Number, holder.ExpiresAt));
        await first.ReleaseAsync();
        Assert.Equal((true, null), await second.AcquireAsync("Apply", false, default));
        Assert.Equal(2, Number());
    }

    [Fact]
    public async Task Given_ASilentHolder_When_ItsLeaseIsOver_Then_AnotherGetsItAndTheFirstLearnsBeforeItsNextStep()
    {
        var (first, second) = (Create(new FakeTimeProvider(Sample.Noon)), Create());
        await first.AcquireAsync("Launch", false, default);
        _time.Advance(Lease.Duration);

        Assert.True((await second.AcquireAsync("Launch", false, default)).Acquired);

        var lost = await Assert.ThrowsAsync<PipelineException>(() => first.EnsureHeldAsync(default));
        Assert.Equal(ExitCode.StillRunning, lost.ExitCode);
        Assert.True(first.Lost.IsCancellationRequested);
        await first.ReleaseAsync();
        await second.EnsureHeldAsync(default);
        Assert.Equal(2, Number());
    }

    [Fact]
    public async Task Given_AHolder_When_TimePasses_Then_ItRenewsItsLease()
    {
        var (first, second) = (Create(), Create());
        await first.AcquireAsync("Launch", false, default);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (var quarter = 0; quarter < 6; quarter++)
        {
            _time.Advance(Lease.Duration / 4);
            while (ExpiresAt() != _time.GetUtcNow() + Lease.Duration)
            {
                limit.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }

        Assert.False((await second.AcquireAsync("Launch", false, default)).Acquired);
    }

    [Fact]
    public async Task Given_AHolder_When_S3IsOutOfReach_Then_ItIsToldApartFromALostLease()
    {
        var (launch, cleanup) = (Create(), Create());
        await launch.AcquireAsync("Launch", false, default);
        Assert.True(await launch.TryEnsureHeldAsync(default));

        _bucket.IsOutOfReach = true;
        Assert.False(await launch.TryEnsureHeldAsync(default));
        Assert.False(launch.Lost.IsCancellationRequested);

        _bucket.IsOutOfReach = false;
        await cleanup.AcquireAsync("Cleanup", takeOver: true, default);
        Assert.Equal(ExitCode.StillRunning, (await Assert.ThrowsAsync<PipelineException>(() => launch.TryEnsureHeldAsync(default))).ExitCode);
    }

    [Fact]
    public async Task Given_AHolderAtWork_When_CleanupTakesOver_Then_ItIsNamedAndFenced()
    {
        var (launch, cleanup) = (Create(), Create());
        await launch.AcquireAsync("Launch", false, default);

        var (acquired, other) = await cleanup.AcquireAsync("Cleanup", takeOver: true, default);

        Assert.Equal((true, "Launch"), (acquired, other!.Target));
        await Assert.ThrowsAsync<PipelineException>(() => launch.EnsureHeldAsync(default));
    }

    [Fact]
    public async Task Given_FencingNumbersOfAnEarlierLease_When_Acquired_Then_TheNumberIsHigherThanAllOfThem()
    {
        var (first, second) = (Create(), Create());
        await first.AcquireAsync("Launch", false, default, above: 7);
        await first.ReleaseAsync();

        await second.AcquireAsync("Launch", false, default, above: 3);

        Assert.Equal((8, 9), (first.Number, second.Number));
    }

    [Fact]
    public async Task Given_TwoThatAcquireAtOnce_When_BothHaveRead_Then_OneGetsIt()
    {
        var (first, second) = (Create(), Create());
        (bool Acquired, LeaseRecord? Other)? fast = null;
        _bucket.AfterNextWrite = () => fast = second.AcquireAsync("Launch", false, default).GetAwaiter().GetResult();

        Assert.True((await first.AcquireAsync("Launch", false, default)).Acquired);

        Assert.False(fast!.Value.Acquired);
        Assert.Equal(1, Number());
    }

    [Theory]
    [InlineData(false, 0, true, false)]
    [InlineData(true, 0, false, false)]
    [InlineData(false, 120, false, false)]
    [InlineData(false, 119, false, true)]
    public void Given_ALease_When_ItIsReleasedOverOrItsProcessHasEnded_Then_ItIsNotHeld(bool released, int seconds, bool ended, bool held)
    {
        var lease = new LeaseRecord
        {
            Number = 1,
            Owner = "o",
            Target = "Launch",
            Machine = "m",
            Process = ProcessIdentity.Current,
            Since = Sample.Noon,
            ExpiresAt = Sample.Noon + Lease.Duration,
            Released = released,
        };

        Assert.Equal(held, lease.IsHeld(Sample.Noon.AddSeconds(seconds), _ => ended));
    }

    [Fact]
    public void Given_Processes_When_Asked_Then_OnlyOneThatIsKnownToHaveEndedHas()
    {
        var current = ProcessIdentity.Current;

        Assert.False(current.HasEnded());
        Assert.True((current with { StartedAt = current.StartedAt.AddHours(-1) }).HasEnded());
        Assert.True((current with { Id = int.MaxValue }).HasEnded());
        Assert.False((current with { Id = int.MaxValue, Place = "another machine" }).HasEnded());
    }

    private Lease Create(FakeTimeProvider? time = null) => Lease.OfEnvironment(new S3Documents(_bucket.Clients, new NamedBucket("state"), time ?? _time, Sample.Hints), "dev", time ?? _time);

    private long Number() => Stored("number").GetInt64();

    private DateTimeOffset ExpiresAt() => Stored("expires_at").GetDateTimeOffset();

    private JsonElement Stored(string name) => JsonDocument.Parse(_bucket[Key]).RootElement.GetProperty(name);
}
