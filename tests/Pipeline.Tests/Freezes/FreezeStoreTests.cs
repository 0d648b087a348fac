using BuildPipeline.Aws;
using BuildPipeline.Freezes;
using BuildPipeline.Pipeline.Tests.Journal;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Freezes;

/// <summary>The marker: who froze, who released, and what a driver reads of it.</summary>
public sealed class FreezeStoreTests
{
    private const string Ada = "arn:aws:iam::000000000000:user/ada";
    private const string Ben = "arn:aws:iam::000000000000:user/ben";

    private readonly ConditionalBucket _bucket = new();
    private readonly FakeTimeProvider _time = new(Sample.Noon);
    private readonly FreezeStore _store;
    private readonly SpendGate _gate;

    public FreezeStoreTests()
    {
        _store = new(new S3Documents(_bucket.Clients, new NamedBucket("state"), _time, Sample.Hints), "sandbox");
        _gate = new(_store, "Launch", Sample.Hints);
    }

    [Fact]
    public async Task Given_NoFreeze_When_TheGateIsAsked_Then_ItIsOpen()
    {
        await _gate.RequireOpenAsync("research", null, default);
        Assert.Empty(await _store.HoldingAnywhereAsync(default));
    }

    [Theory]
    [InlineData(null, "research", true)]
    [InlineData("research", "research", true)]
    [InlineData("vision", "research", false)]
    public async Task Given_AFreeze_When_TheGateIsAsked_Then_ItRefusesTheFrozenTeams(string? frozen, string team, bool isRefused)
    {
        await _store.FreezeAsync(frozen, Ada, "cost spike", default);

        var refusal = await RefusalAsync(team);

        Assert.Equal(isRefused ? FreezeErrors.Frozen : null, refusal?.Code);
        Assert.True(!isRefused || new[] { Ada, "cost spike", "2026-01-31 12:00:00 UTC", "--target=Unfreeze" }.All(refusal!.Message.Contains));
    }

    [Theory]
    [InlineData("research", null, "--target=Launch")]
    [InlineData("research", "20260131-120000-1a2b", "--target=Launch --run=20260131-120000-1a2b")]
    [InlineData(null, null, "--target=Launch")]
    public async Task Given_AFreeze_When_TheGateRefuses_Then_ItsLastLineIsTheCommandForAfterTheRelease(string? team, string? runId, string command)
    {
        await _store.FreezeAsync(null, Ada, "cost spike", default);
        Assert.EndsWith($"  ./build.sh {command}", (await RefusalAsync(team, runId))!.Message, StringComparison.Ordinal);

        _bucket["freezes/sandbox.json"] = "not json";
        Assert.EndsWith($"  ./build.sh {command}", (await RefusalAsync(team, runId))!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("freezes/sandbox/")]
    [InlineData("freezes/sandbox/a")]
    [InlineData("freezes/sandbox/old/research.json")]
    public async Task Given_AnObjectThatIsNoFreeze_When_AllAreRead_Then_ItIsLeftOut(string key)
    {
        _bucket[key] = "";
        await _store.FreezeAsync("vision", Ada, "month is spent", default);

        Assert.Equal("vision", Assert.Single(await _store.HoldingAnywhereAsync(default)).Team);
    }

    [Fact]
    public async Task Given_AFreeze_When_FrozenAgain_Then_TheFirstReasonHolds()
    {
        Assert.True((await _store.FreezeAsync(null, Ada, "cost spike", default)).Changed);
        _time.Advance(TimeSpan.FromHours(1));

        var (record, changed) = await _store.FreezeAsync(null, Ben, "another", default);

        Assert.False(changed);
        Assert.Equal((Ada, "cost spike", Sample.Noon), (record.Current!.Frozen.By, record.Current.Frozen.Why, record.Current.Frozen.At));
        Assert.Single(record.Freezes);
    }

    [Fact]
    public async Task Given_ARecordWithSeveralLines_When_Described_Then_ItIsOneLine()
    {
        await _store.FreezeAsync(null, Ada, "spike.\n  ./build.sh --target=Cleanup\u2028next\u202e", default);

        Assert.DoesNotContain(Assert.Single(await _store.HoldingAnywhereAsync(default)).Describe()!, character => character is '\n' or '\u2028' or '\u202e');
    }

    [Fact]
    public async Task Given_AFreezeThatWasReleased_When_FrozenAgain_Then_TheRecordHasAllOfIt()
    {
        await _store.FreezeAsync("research", Ada, "cost spike", default);
        Assert.True((await _store.ReleaseAsync("research", Ben, "found it", default)).Changed);
        Assert.Null(await RefusalAsync("research"));
        Assert.False((await _store.ReleaseAsync("research", Ben, "again", default)).Changed);

        var (record, _) = await _store.FreezeAsync("research", Ben, "back", default);

        Assert.Equal([(Ada, "cost spike", Ben, "found it"), (Ben, "back", null, null)], record.Freezes.Select(freeze => (freeze.Frozen.By, freeze.Frozen.Why, freeze.Released?.By, freeze.Released?.Why)));
        Assert.Equal(["research"], (await _store.HoldingAnywhereAsync(default)).Select(holding => holding.Team));
    }

    [Fact]
    public async Task Given_TwoPeopleAtOnce_When_BothFreeze_Then_TheSecondSeesWhatTheFirstDid()
    {
        var ben = default((FreezeRecord Record, bool Changed));
        _bucket.OnRead = _ =>
        {
            _bucket.OnRead = _ => { };
            ben = _store.FreezeAsync(null, Ben, "faster", default).GetAwaiter().GetResult();
        };

        var (record, changed) = await _store.FreezeAsync(null, Ada, "slower", default);

        Assert.True(ben.Changed);
        Assert.Equal((false, Ben), (changed, record.Current!.Frozen.By));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"environment\":\"sandbox\",\"freezes\":[{}]}")]
    [InlineData("not json")]
    [InlineData("{\"format\":\"freeze/2\",\"environment\":\"sandbox\",\"freezes\":[]}")]
    public async Task Given_AMarkerThatCannotBeUnderstood_When_TheGateIsAsked_Then_ItRefuses(string content)
    {
        _bucket["freezes/sandbox.json"] = content;

        Assert.Equal(FreezeErrors.Unknown, (await RefusalAsync("research"))?.Code);
    }

    [Theory]
    [InlineData("freezes/sandbox.json", "AccessDenied")]
    [InlineData("freezes/sandbox/research.json", "AccessDenied")]
    [InlineData("freezes/sandbox.json", "NoSuchBucket")]
    [InlineData("freezes/sandbox/research.json", "SlowDown")]
    public async Task Given_AMarkerThatCannotBeRead_When_TheGateIsAsked_Then_ItRefuses(string key, string error)
    {
        _bucket.OnRead = read =>
        {
            if (read == key)
            {
                throw ConditionalBucket.Error(System.Net.HttpStatusCode.Forbidden, error);
            }
        };

        var refusal = await RefusalAsync("research");

        Assert.Equal((FreezeErrors.Unknown, ExitCode.Refused), (refusal?.Code, refusal?.ExitCode));
    }

    private async Task<PipelineException?> RefusalAsync(string? team, string? runId = null) =>
        await Record.ExceptionAsync(() => _gate.RequireOpenAsync(team, runId, default)) as PipelineException;
}
