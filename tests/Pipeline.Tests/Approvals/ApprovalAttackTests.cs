using BuildPipeline.Accounts;
using BuildPipeline.Approvals;
using BuildPipeline.Approvals.Statements;
using BuildPipeline.Pipeline.Tests.Accounts;
using BuildPipeline.Pipeline.Tests.Reporting;
using BuildPipeline.Pipeline.Tests.Tasks;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Approvals;

/// <summary>Attempts to spend what nobody approved: each is refused with exit code 4 and an error of its own, and each way of approving works without the attempt.</summary>
public sealed class ApprovalAttackTests
{
    private const string Another = "20260131-120000-ffff";

    /// <summary>What an attacker changes of a signed approval in the record, and the error that meets the next submission.</summary>
    private static readonly Dictionary<string, (Func<FlowFixture, ApprovalRecord, ApprovalRecord> Change, ErrorCode Code)> OfRecord = new()
    {
        ["approval of another run"] = ((_, approval) => approval with { Subject = approval.Subject with { RunId = Another } }, StatementErrors.OtherRun),
        ["approval of another environment"] = ((_, approval) => approval with { Subject = approval.Subject with { Environment = "dev" } }, StatementErrors.OtherRun),
        ["statement of another run"] = ((flow, approval) => approval with { Statement = flow.Keys.Sign((approval.ToStatement() with { RunId = Another }).ToStatement()) }, StatementErrors.Differs),
        ["statement of another environment"] = ((flow, approval) => approval with { Statement = flow.Keys.Sign((approval.ToStatement() with { Environment = "dev" }).ToStatement()) }, StatementErrors.Differs),
        ["statement of another digest"] = ((flow, approval) => approval with { Statement = flow.Keys.Sign((approval.ToStatement() with { Digest = new string('0', 64) }).ToStatement()) }, StatementErrors.Differs),
        ["statement of another kind"] = ((flow, approval) => approval with { Statement = flow.Keys.Sign("{}"u8.ToArray()) }, StatementErrors.Differs),
        ["more than was approved"] = ((_, approval) => approval with { Subject = approval.Subject with { Ceiling = new Usd(4000) } }, StatementErrors.Differs),
        ["less than was approved"] = ((_, approval) => approval with { Subject = approval.Subject with { Ceiling = new Usd(0.01m) } }, StatementErrors.Differs),
        ["a later end"] = ((_, approval) => approval with { Subject = approval.Subject with { ExpiresAt = approval.Subject.ExpiresAt.AddDays(30) } }, StatementErrors.Differs),
        ["another approver"] = ((_, approval) => approval with { Approver = "ada" }, StatementErrors.Differs),
        ["another requester"] = ((_, approval) => approval with { Requester = "ada" }, StatementErrors.Differs),
        ["another way"] = ((_, approval) => approval with { Source = ApprovalSource.GitHubEnvironment }, StatementErrors.Differs),
        ["another digest"] = ((_, approval) => approval with { Digest = new string('0', 64) }, StatementErrors.Differs),
        ["a byte of the statement"] = ((_, approval) => WithPayload(approval, statement => statement[statement.AsSpan().IndexOf("USD"u8)]++), StatementErrors.WrongSignature),
        ["a byte of the signature"] = ((_, approval) => WithSignature(approval, signature => signature[^1]++), StatementErrors.WrongSignature),
        ["the signature of another key"] = ((_, approval) => approval with { Statement = Foreign(approval) with { PublicKeyPem = approval.Statement!.PublicKeyPem } }, StatementErrors.WrongSignature),
        ["another key"] = ((_, approval) => approval with { Statement = Foreign(approval) }, StatementErrors.OtherKey),
        ["a key that is none"] = ((_, approval) => approval with { Statement = approval.Statement! with { PublicKeyPem = "-----BEGIN PUBLIC KEY-----" } }, StatementErrors.NoKey),
        ["two signatures"] = ((_, approval) => approval with { Statement = approval.Statement! with { Envelope = Twice(approval.Statement.Envelope) } }, StatementErrors.Unreadable),
        ["another payload type"] = ((_, approval) => approval with { Statement = approval.Statement! with { Envelope = approval.Statement.Envelope with { PayloadType = "text/plain" } } }, StatementErrors.Unreadable),
        ["no statement"] = ((_, approval) => approval with { Statement = null }, StatementErrors.NotSigned),
    };

    public static IEnumerable<object[]> Records => OfRecord.Keys.Select(name => new object[] { name });

    [Theory]
    [MemberData(nameof(Records))]
    public async Task Given_ASignedApproval_When_ItsRecordIsChanged_Then_NothingIsSubmittedAndVerifyRefusesItToo(string attack)
    {
        using var flow = await ApprovedAsync();
        var (change, code) = OfRecord[attack];
        var approval = change(flow, flow.Call.Run.Approval!);
        await flow.UpdateAsync(run => run with { Approval = approval });

        Assert.Equal((code, ExitCode.NotApproved), await RefusedAsync(() => flow.Approval.VerifyAsync(default)));

        flow.Write(flow.Pinned.Path, flow.Keys.Public.ToPem());
        Assert.Equal(code, (await RefusedAsync(() => flow.Approval.VerifyAsync(default))).Code);
        Assert.Equal(code, (await RefusedAsync(() => flow.Verify.VerifyAsync(default))).Code);
    }

    [Theory]
    [InlineData("approval of another run")]
    [InlineData("more than was approved")]
    [InlineData("another key")]
    [InlineData("no statement")]
    public async Task Given_ASubmittedRun_When_TheRecordOfItsApprovalIsChanged_Then_NoFurtherJobIsSubmitted(string attack)
    {
        using var flow = await ApprovedAsync();
        await flow.UpdateAsync(run => run with { Stage = RunStage.Applied });
        await flow.Submission.RunAsync(default);
        var (change, code) = OfRecord[attack];
        var approval = change(flow, flow.Call.Run.Approval!);
        await flow.UpdateAsync(run => run with { Approval = approval });

        Assert.Equal((code, ExitCode.NotApproved), await RefusedAsync(() => flow.Approval.VerifyAsync(default)));
    }

    [Fact]
    public async Task Given_APinnedKey_When_KmsHasAnotherOne_Then_NeitherOldNorNewApprovalsHold()
    {
        using var flow = await ApprovedAsync();
        flow.Keys.Replace();
        Assert.Equal(StatementErrors.OtherKey, (await RefusedAsync(() => flow.Approval.VerifyAsync(default))).Code);

        using var pinned = await FlowFixture.SignableAsync();
        pinned.Write(pinned.Pinned.Path, flow.Keys.Public.ToPem());
        Assert.Equal((StatementErrors.OtherKey, ExitCode.NotApproved), await RefusedAsync(() => pinned.Approval.RunAsync(default)));
        Assert.Null((await pinned.RecordedAsync()).Approval);
    }

    [Fact]
    public async Task Given_APinnedKey_When_TheRecordSaysThatTheEnvironmentHasNone_Then_ASignatureIsStillNeeded()
    {
        using var flow = await FlowFixture.PricedAsync();
        await flow.Approval.RunAsync(default);
        await flow.Approval.VerifyAsync(default);

        flow.Write(flow.Pinned.Path, flow.Keys.Public.ToPem());

        Assert.Equal((StatementErrors.NotSigned, ExitCode.NotApproved), await RefusedAsync(() => flow.Approval.VerifyAsync(default)));
    }

    [Theory]
    [InlineData("edited plan", "BP1305")]
    [InlineData("edited program", "BP1305")]
    [InlineData("expired", "BP1306")]
    [InlineData("expired, and the clock went back", "BP1306")]
    public async Task Given_ASignedApproval_When_WhatItCoversChanges_Then_NothingIsSubmitted(string attack, string code)
    {
        using var flow = await ApprovedAsync();
        switch (attack)
        {
            case "edited plan":
                flow.Write(flow.Call.Session.PathOf(RunFiles.Plan), "another plan");
                break;
            case "edited program":
                flow.EditProgram();
                break;
            default:
                flow.Time.SetUtcNow(flow.Call.Run.Subject!.ExpiresAt.AddSeconds(1));
                break;
        }

        if (attack.EndsWith("went back", StringComparison.Ordinal))
        {
            await RefusedAsync(() => flow.Approval.VerifyAsync(default));
            await flow.UpdateAsync(run => run with { Subject = run.Subject! with { ExpiresAt = run.Subject.ExpiresAt.AddDays(1) } });
        }

        Assert.Equal((code, ExitCode.NotApproved), await RefusedIdAsync(() => flow.Approval.VerifyAsync(default)));
    }

    [Fact]
    public async Task Given_TheDigestOfAnotherRun_When_ItIsUsedASecondTime_Then_ItIsRefused()
    {
        using var first = await ApprovedAsync();
        using var second = await FlowFixture.SignableAsync(null, "--target=Launch", $"--approve={first.Call.Run.Approval!.Digest}");

        Assert.Equal((ApprovalErrors.OtherDigest, ExitCode.NotApproved), await RefusedAsync(() => second.Approval.RunAsync(default)));
    }

    [Theory]
    [InlineData("", "BP1303")]
    [InlineData("0.01", "BP1303")]
    [InlineData("yes", "BP1303")]
    [InlineData(null, "BP1302")]
    public async Task Given_ATerminal_When_AnythingButTheAmountIsTyped_Then_NothingIsApproved(string? typed, string code)
    {
        using var flow = await FlowFixture.SignableAsync(new TestAccount { Approval = ApprovalMode.Person });
        flow.Prompt.CanAsk.Returns(typed is not null);
        flow.Prompt.AskAmountAsync(default!, default).ReturnsForAnyArgs(typed ?? "");

        Assert.Equal((code, ExitCode.NotApproved), await RefusedIdAsync(() => flow.Approval.RunAsync(default)));
    }

    [Theory]
    [InlineData("edited plan", "BP1327")]
    [InlineData("no plan", "BP1327")]
    [InlineData("edited receipt", "BP1330")]
    [InlineData("no receipt", "BP1330")]
    [InlineData("more than the amount", "BP1329")]
    [InlineData("unknown cost", "BP1329")]
    [InlineData("submitted late", "BP1328")]
    [InlineData("no approval", "BP1304")]
    [InlineData("no key", "BP1322")]
    [InlineData("no key and no statement", "BP1320")]
    public async Task Given_AClosedRun_When_AFileOrFigureDoesNotFit_Then_VerifyRefusesIt(string fault, string code)
    {
        using var flow = await ClosedAsync();
        var plan = flow.Call.Session.PathOf(RunFiles.Plan);
        var receipt = flow.Call.Session.PathOf(RunFiles.Summary);
        switch (fault)
        {
            case "edited plan":
                flow.Write(plan, "another plan");
                break;
            case "no plan":
                File.Delete(plan);
                break;
            case "edited receipt":
                flow.Write(receipt, (await File.ReadAllTextAsync(receipt)).Replace(flow.Call.Run.Approval!.Approver, "ada", StringComparison.Ordinal));
                break;
            case "no receipt":
                File.Delete(receipt);
                break;
            case "no key":
                File.Delete(flow.Pinned.Path);
                break;
            case "no key and no statement":
                File.Delete(flow.Pinned.Path);
                flow.Call.Session.Open(flow.Call.Run with { Approval = flow.Call.Run.Approval! with { Statement = null } }, null);
                break;
            default:
                flow.Call.Session.Open(Damaged(flow.Call.Run, fault), null);
                break;
        }

        Assert.Equal((code, ExitCode.NotApproved), await RefusedIdAsync(() => flow.Verify.VerifyAsync(default)));
    }

    [Theory]
    [InlineData(ApprovalSource.Sandbox)]
    [InlineData(ApprovalSource.Terminal)]
    [InlineData(ApprovalSource.Option)]
    [InlineData(ApprovalSource.GitHubEnvironment)]
    [InlineData(ApprovalSource.Comment)]
    public async Task Given_AWayOfApproving_When_NobodyCheats_Then_TheRunIsApprovedSignedAndVerifies(ApprovalSource way)
    {
        using var flow = await ClosedAsync(way);

        await flow.Verify.VerifyAsync(default);

        var recorded = (await flow.RecordedAsync()).Approval!;
        Assert.Equal((way, way is ApprovalSource.GitHubEnvironment or ApprovalSource.Comment ? "author" : Environment.UserName), (recorded.Source, recorded.Requester));
        Assert.Equal(recorded.ToStatement().ToStatement(), recorded.Statement!.Envelope.Open().Statement);
        Assert.Contains("\"payloadType\": \"application/vnd.in-toto+json\"", await File.ReadAllTextAsync(flow.Call.Session.PathOf(RunFiles.Statement)), StringComparison.Ordinal);
    }

    private static async Task<FlowFixture> ApprovedAsync(ApprovalSource way = ApprovalSource.Sandbox)
    {
        var account = new TestAccount { Approval = way == ApprovalSource.Sandbox ? ApprovalMode.Automatic : ApprovalMode.Person };
        var flow = way == ApprovalSource.Comment ? await CommentAttackTests.CommentedAsync(account) : await FlowFixture.SignableAsync(account);
        var digest = ApprovalDigest.Compute(flow.Call.Run.Subject!);
        flow.Prompt.CanAsk.Returns(true);
        flow.Prompt.AskAmountAsync(default!, default).ReturnsForAnyArgs(call => call.Arg<ApprovalRequest>().Ceiling.ToString());
        if (way == ApprovalSource.GitHubEnvironment)
        {
            flow.Reviews.ReadAsync(default).ReturnsForAnyArgs(ReviewRulesTests.Reviewed(digest));
        }

        await flow.ApprovalWith(way is ApprovalSource.Option or ApprovalSource.GitHubEnvironment ? digest : null).RunAsync(default);
        return flow;
    }

    private static async Task<FlowFixture> ClosedAsync(ApprovalSource way = ApprovalSource.Sandbox)
    {
        var flow = await ApprovedAsync(way);
        await flow.UpdateAsync(run => run with { Attempts = [TestRuns.Intent with { IntentAt = run.Subject!.ExpiresAt, Cost = run.Subject.Ceiling }] });
        flow.Write(flow.Call.Session.PathOf(RunFiles.Summary), Written.Markdown(flow.Call.Run, flow.Time.GetUtcNow()));
        flow.Write(flow.Pinned.Path, flow.Keys.Public.ToPem());
        flow.Call.Session.Open(flow.Call.Run with { ClosedAt = flow.Time.GetUtcNow() }, null);
        return flow;
    }

    private static RunRecord Damaged(RunRecord run, string fault) => fault switch
    {
        "more than the amount" => run with { Attempts = [run.Attempts[0] with { Cost = run.Subject!.Ceiling + new Usd(0.01m) }] },
        "unknown cost" => run with { Attempts = [run.Attempts[0] with { Cost = null }] },
        "submitted late" => run with { Attempts = [run.Attempts[0] with { IntentAt = run.Subject!.ExpiresAt.AddHours(1) }] },
        _ => run with { Approval = null },
    };

    private static ApprovalRecord WithPayload(ApprovalRecord approval, Action<byte[]> change)
    {
        var statement = approval.Statement!.Envelope.Open().Statement;
        change(statement);
        return approval with { Statement = approval.Statement with { Envelope = approval.Statement.Envelope with { Payload = Convert.ToBase64String(statement) } } };
    }

    private static ApprovalRecord WithSignature(ApprovalRecord approval, Action<byte[]> change)
    {
        var (statement, signature) = approval.Statement!.Envelope.Open();
        change(signature);
        return approval with { Statement = approval.Statement with { Envelope = DsseEnvelope.Create(statement, FakeSigningKeys.Arn, signature) } };
    }

    private static DsseEnvelope Twice(DsseEnvelope envelope) => envelope with { Signatures = [envelope.Signatures[0], envelope.Signatures[0]] };

    private static SignedStatement Foreign(ApprovalRecord approval)
    {
        using var keys = new FakeSigningKeys();
        return keys.Sign(approval.ToStatement().ToStatement());
    }

    private static async Task<(ErrorCode Code, ExitCode ExitCode)> RefusedAsync(Func<Task> act)
    {
        var refused = await Assert.ThrowsAsync<PipelineException>(act);
        return (refused.Code, refused.ExitCode);
    }

    private static async Task<(string Id, ExitCode ExitCode)> RefusedIdAsync(Func<Task> act)
    {
        var (code, exitCode) = await RefusedAsync(act);
        return (code.Id, exitCode);
    }
}
