using System.Net;
using Amazon.IdentityManagement;
using Amazon.IdentityManagement.Model;
using Amazon.Runtime;
using BuildPipeline.Aws;
using BuildPipeline.Freezes;
using BuildPipeline.Pipeline.Tests.Journal;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Freezes;

/// <summary>The marker and IAM together: whoever is killed or comes between, the next call ends with IAM as the marker says.</summary>
public sealed class FreezeSwitchTests
{
    private const string Deny = "arn:aws:iam::000000000000:policy/demo-sandbox-spend-freeze";
    private static readonly FreezeRequest All = new(null, "cost spike", "demo-sandbox");

    private readonly ConditionalBucket _bucket = new();
    private readonly IAmazonIdentityManagementService _iam = Substitute.For<IAmazonIdentityManagementService>();
    private readonly FreezeStore _store;
    private readonly FreezeSwitch _switch;
    private readonly FreezeNotice _notice;
    private bool _attached;

    public FreezeSwitchTests()
    {
        var clients = _bucket.Clients;
        clients.IdentityManagement.Returns(_iam);
        clients.CheckCredentialsAsync(default).ReturnsForAnyArgs(new CallerIdentity("000000000000", "arn:aws:sts::000000000000:assumed-role/demo-sandbox-freeze/ada"));
        var time = new FakeTimeProvider(Sample.Noon);
        _store = new(new S3Documents(clients, new NamedBucket("state"), time, Sample.Hints), "sandbox");
        _switch = new(_store, new LaunchRoleDeny(clients), clients);
        _notice = new(_store, new LaunchRoleDeny(clients), clients, Sample.Hints, time);
        _iam.ListAttachedRolePoliciesAsync(default!, default).ReturnsForAnyArgs(_ => new ListAttachedRolePoliciesResponse { AttachedPolicies = _attached ? [new() { PolicyArn = Deny }] : null });
        _iam.AttachRolePolicyAsync(default!, default).ReturnsForAnyArgs(_ => Set(true, new AttachRolePolicyResponse()));
        _iam.DetachRolePolicyAsync(default!, default).ReturnsForAnyArgs(_ => Set(false, new DetachRolePolicyResponse()));
    }

    [Fact]
    public async Task Given_AnEnvironment_When_FrozenAndReleasedTwice_Then_IamFollowsAndTheSecondTimeNothingChanges()
    {
        Assert.Equal((true, RoleDeny.Attached, false), Of(await _switch.FreezeAsync(All, default)));
        Assert.True(_attached);
        Assert.Equal((false, RoleDeny.Attached, false), Of(await _switch.FreezeAsync(All, default)));
        await _iam.ReceivedWithAnyArgs(1).AttachRolePolicyAsync(default!, default);

        Assert.Equal((true, RoleDeny.Detached, false), Of(await _switch.ReleaseAsync(All, default)));
        Assert.False(_attached);
        Assert.Equal((false, RoleDeny.Detached, false), Of(await _switch.ReleaseAsync(All, default)));
        await _iam.ReceivedWithAnyArgs(1).DetachRolePolicyAsync(default!, default);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Given_ACallThatWasKilledBetweenMarkerAndIam_When_CalledAgain_Then_ItIsCompleted(bool freezes)
    {
        _attached = !freezes;
        if (!freezes)
        {
            await _store.FreezeAsync(null, "ada", "cost spike", default);
        }

        var outage = true;
        _iam.ListAttachedRolePoliciesAsync(default!, default).ReturnsForAnyArgs(_ => outage ? throw Error(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable") : new ListAttachedRolePoliciesResponse { AttachedPolicies = _attached ? [new() { PolicyArn = Deny }] : null });
        Task<FreezeOutcome> Call() => freezes ? _switch.FreezeAsync(All, default) : _switch.ReleaseAsync(All, default);

        Assert.Equal(FreezeErrors.Incomplete, (await Assert.ThrowsAsync<PipelineException>(Call)).Code);
        Assert.Equal(freezes, (await _store.HoldingAsync(null, default)).Count == 1);
        outage = false;

        Assert.True((await Call()).Completed);
        Assert.Equal(freezes, _attached);
        Assert.False((await Call()).Completed);
    }

    [Theory]
    [InlineData(false, false, null)]
    [InlineData(true, true, null)]
    [InlineData(true, false, "--target=Freeze")]
    [InlineData(false, true, "--target=Unfreeze")]
    public async Task Given_MarkerAndRole_When_TheStateIsShown_Then_ARoleThatDoesNotFollowIsNamedWithTheCommandThatCompletesIt(bool isFrozen, bool isAttached, string? command)
    {
        _attached = isAttached;
        if (isFrozen)
        {
            await _store.FreezeAsync(null, "ada", "cost spike", default);
        }

        var reading = await _notice.ReadAllAsync("research", "demo-sandbox", hasKeeper: false, default);

        Assert.Equal(isFrozen ? ["cost spike"] : [], reading.Holding.Select(record => record.Current!.Frozen.Why));
        Assert.Equal(command is not null, reading.Notices.Any(notice => notice.Contains(Deny, StringComparison.Ordinal) && notice.Contains(command!, StringComparison.Ordinal)));
        Assert.True(command is not null || reading.Notices.Count == 0);
    }

    [Theory]
    [InlineData(true, "keeper", "launch")]
    [InlineData(true, "keeper")]
    [InlineData(true, "launch")]
    [InlineData(false, "keeper")]
    public async Task Given_AKeeper_When_TheStateIsShown_Then_EachRoleThatDoesNotFollowIsNamedAndTheCommandOnce(bool isFrozen, params string[] gaps)
    {
        _iam.ListAttachedRolePoliciesAsync(default!, default).ReturnsForAnyArgs(call => new ListAttachedRolePoliciesResponse
        {
            AttachedPolicies = gaps.Contains(call.Arg<ListAttachedRolePoliciesRequest>().RoleName.Split('-')[^1]) == isFrozen ? [] : [new() { PolicyArn = Deny }],
        });
        if (isFrozen)
        {
            await _store.FreezeAsync(null, "ada", "cost spike", default);
        }

        var notice = Assert.Single((await _notice.ReadAllAsync("research", "demo-sandbox", hasKeeper: true, default)).Notices);

        Assert.Equal(gaps, new[] { "keeper", "launch" }.Where(role => notice.Contains($"demo-sandbox-{role}", StringComparison.Ordinal)));
        Assert.Equal(2, notice.Split("--target=").Length);
    }

    [Theory]
    [InlineData("NoSuchEntity")]
    [InlineData("AccessDenied")]
    [InlineData("ServiceUnavailable")]
    public async Task Given_ARoleThatCannotBeSeen_When_TheStateIsShown_Then_OnlyTheMarkerCounts(string code)
    {
        _iam.ListAttachedRolePoliciesAsync(default!, default).ReturnsForAnyArgs<ListAttachedRolePoliciesResponse>(_ => throw (code == "NoSuchEntity"
            ? new NoSuchEntityException("no", ErrorType.Sender, code, "r", HttpStatusCode.NotFound) : Error(HttpStatusCode.Forbidden, code)));

        Assert.Empty((await _notice.ReadAllAsync("research", "demo-sandbox", hasKeeper: false, default)).Sentences);
    }

    [Fact]
    public async Task Given_ARoleThatMayNotBeChanged_When_Released_Then_TheReportSaysThatAwsMayStillDeny()
    {
        await _switch.FreezeAsync(All, default);
        _iam.DetachRolePolicyAsync(default!, default).ReturnsForAnyArgs<DetachRolePolicyResponse>(_ => throw Error(HttpStatusCode.Forbidden, "AccessDenied"));
        _attached = true;

        Assert.True((await _switch.ReleaseAsync(All, default)).MayStillDeny);
    }

    [Theory]
    [InlineData("NoSuchEntity", "NoSuchEntity", RoleDeny.NoRole, true, false)]
    [InlineData(null, "NoSuchEntity", RoleDeny.NoPolicy, true, true)]
    [InlineData("AccessDenied", "NoSuchEntity", RoleDeny.Missing, true, true)]
    [InlineData("AccessDenied", "AccessDenied", RoleDeny.NotAllowed, true, false)]
    public async Task Given_ARoleOrAPolicyThatIsMissingOrClosed_When_Frozen_Then_OnlyTheMarkerProtectsAndTheReportNamesWhatIsMissing(
        string? onList, string onAttach, RoleDeny expected, bool namesRole, bool namesPolicy)
    {
        _iam.ListAttachedRolePoliciesAsync(default!, default).ReturnsForAnyArgs(_ => onList is null ? new ListAttachedRolePoliciesResponse() : throw Failure(onList));
        _iam.AttachRolePolicyAsync(default!, default).ReturnsForAnyArgs<AttachRolePolicyResponse>(_ => throw Failure(onAttach));

        var outcome = await _switch.FreezeAsync(All, default);

        Assert.Equal((true, expected, true), Of(outcome));
        var report = outcome.Describe();
        Assert.Contains("Only the marker protects", report, StringComparison.Ordinal);
        Assert.Equal((namesRole, namesPolicy), (report.Contains("demo-sandbox-launch", StringComparison.Ordinal), report.Contains(Deny, StringComparison.Ordinal)));
        Assert.Single(await _store.HoldingAsync(null, default));
    }

    [Theory]
    [InlineData("research", "vision")]
    [InlineData(null, "research", "vision")]
    public async Task Given_FreezesOfSeveralTeams_When_TheStateIsShown_Then_ThoseThatHoldTheRunComeFirstAndTheOthersAreSaidNotTo(string? team, params string[] others)
    {
        await _store.FreezeAsync("vision", "ben", "month is spent", default);
        await _store.FreezeAsync("research", "ada", "cost spike", default);
        await _store.FreezeAsync(null, "ada", "audit", default);
        await _store.FreezeAsync("speech", "ada", "over", default);
        await _store.ReleaseAsync("speech", "ada", "done", default);

        var reading = await _notice.ReadAllAsync(team, null, hasKeeper: false, default);

        Assert.Equal(team is null ? [null] : new[] { null, team }, reading.Holding.Select(record => record.Team));
        Assert.Equal(others, reading.Others.Select(record => record.Team));
        Assert.Empty(reading.Notices);
    }

    [Fact]
    public async Task Given_AnotherTeamsMarkerThatCannotBeRead_When_TheStateIsShown_Then_TheRunIsNotHeldAndTheReportSaysWhatIsNotKnown()
    {
        _bucket["freezes/sandbox/vision.json"] = "not json";

        var reading = await _notice.ReadAllAsync("research", null, hasKeeper: false, default);

        Assert.Empty(reading.Holding);
        Assert.Contains("not known", Assert.Single(reading.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_ACallerThatMayAttachButNotList_When_Frozen_Then_ThePolicyIsAttached()
    {
        _iam.ListAttachedRolePoliciesAsync(default!, default).ReturnsForAnyArgs<ListAttachedRolePoliciesResponse>(_ => throw Error(HttpStatusCode.Forbidden, "AccessDenied"));

        Assert.Equal((true, RoleDeny.Attached, false), Of(await _switch.FreezeAsync(All, default)));
    }

    [Theory]
    [InlineData("research", "demo-sandbox", RoleDeny.NotUsed)]
    [InlineData(null, null, RoleDeny.Unnamed)]
    public async Task Given_ATeamOrNoName_When_Frozen_Then_IamIsNotAsked(string? team, string? prefix, RoleDeny expected)
    {
        Assert.Equal((true, expected, true), Of(await _switch.FreezeAsync(new(team, "cost spike", prefix), default)));

        Assert.Empty(_iam.ReceivedCalls());
    }

    [Fact]
    public async Task Given_AKeeper_When_FrozenAndReleased_Then_ItsRoleFollowsTooAndOneThatDoesNotIsReported()
    {
        var attached = new HashSet<string>();
        _iam.ListAttachedRolePoliciesAsync(default!, default).ReturnsForAnyArgs(call => new ListAttachedRolePoliciesResponse
        {
            AttachedPolicies = attached.Contains(call.Arg<ListAttachedRolePoliciesRequest>().RoleName) ? [new() { PolicyArn = Deny }] : null,
        });
        _iam.AttachRolePolicyAsync(default!, default).ReturnsForAnyArgs(call => attached.Add(call.Arg<AttachRolePolicyRequest>().RoleName) ? new AttachRolePolicyResponse() : null!);
        _iam.DetachRolePolicyAsync(default!, default).ReturnsForAnyArgs(call => call.Arg<DetachRolePolicyRequest>().RoleName == "demo-sandbox-keeper"
            ? throw Error(HttpStatusCode.Forbidden, "AccessDenied") : attached.Remove("demo-sandbox-launch") ? new DetachRolePolicyResponse() : null!);
        var request = All with { HasKeeper = true };

        Assert.Equal(RoleDeny.Attached, (await _switch.FreezeAsync(request, default)).Deny);
        Assert.Equal(["demo-sandbox-keeper", "demo-sandbox-launch"], attached.Order());
        var released = await _switch.ReleaseAsync(request, default);

        Assert.Equal(("demo-sandbox-keeper", RoleDeny.NotAllowed), (released.Role!.Name, released.Deny));
        Assert.Equal(["demo-sandbox-keeper"], attached);
    }

    [Property(MaxTest = 200)]
    public bool Given_CallsAtOnceOfWhichSomeAreKilled_When_OneMoreEnds_Then_IamIsAsTheMarkerSays(uint seed)
    {
        var random = new Random((int)(seed % int.MaxValue));
        var (depth, mayKill, isKilled) = (0, random.Next(2) == 0, false);
        // Others call, or this one is killed, between any two requests.
        void Between()
        {
            if (depth > 3)
            {
                return;
            }

            switch (random.Next(8))
            {
                case 0:
                    depth++;
                    Try(random.Next(2) == 0);
                    depth--;
                    break;
                case 1 when mayKill:
                    isKilled = true;
                    throw Error(HttpStatusCode.ServiceUnavailable, "Killed");
            }
        }

        _bucket.OnRead = _ => Between();
        _iam.AttachRolePolicyAsync(default!, default).ReturnsForAnyArgs(_ =>
        {
            Between();
            return Set(true, new AttachRolePolicyResponse());
        });
        _iam.DetachRolePolicyAsync(default!, default).ReturnsForAnyArgs(_ =>
        {
            Between();
            return Set(false, new DetachRolePolicyResponse());
        });
        Try(random.Next(2) == 0);
        mayKill = false;
        depth = int.MaxValue;
        if (isKilled)
        {
            Try(random.Next(2) == 0);
        }

        return _store.HoldingAsync(null, default).GetAwaiter().GetResult().Count == 1 == _attached;
    }

    private void Try(bool freezes) =>
        Assert.True(Record.ExceptionAsync(() => freezes ? _switch.FreezeAsync(All, default) : _switch.ReleaseAsync(All, default)).GetAwaiter().GetResult() is null or PipelineException);

    private static Exception Failure(string code) => code == "NoSuchEntity"
        ? new NoSuchEntityException("no", ErrorType.Sender, code, "r", HttpStatusCode.NotFound) : Error(HttpStatusCode.Forbidden, code);

    private T Set<T>(bool attached, T response)
    {
        _attached = attached;
        return response;
    }

    private static (bool Changed, RoleDeny Deny, bool IsMarkerAlone) Of(FreezeOutcome outcome) => (outcome.Changed, outcome.Deny, outcome.IsMarkerAlone);

    private static AmazonIdentityManagementServiceException Error(HttpStatusCode status, string code) => new(code, ErrorType.Sender, code, "r", status);
}
