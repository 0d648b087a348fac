using BuildPipeline.Accounts;
using BuildPipeline.Approvals.Comments;
using BuildPipeline.Pipeline.Tests.Accounts;
using BuildPipeline.Pipeline.Tests.Approvals;
using BuildPipeline.Tasks;

namespace BuildPipeline.Pipeline.Tests.Tasks;

public sealed class CommentTaskTests : IDisposable
{
    private const string RunId = "20260131-120000-1a2b";
    private static readonly string Digest = new('d', 64);

    private readonly string _event = Path.GetTempFileName();
    private readonly FakeComments _comments = new();
    private readonly FakeProcess _process = new();

    public CommentTaskTests() => File.WriteAllText(_event, """{"action":"created","comment":{"id":17,"body":"/stop 20990101-000000-ffff","user":{"login":"somebody"}}}""");

    public void Dispose() => File.Delete(_event);

    [Fact]
    public async Task Given_AnApproval_When_Obeyed_Then_ItIsAnsweredAndNothingIsStarted()
    {
        await ObeyAsync($"/approve {Digest} 1.51");

        Assert.Contains(Digest, Assert.Single(_comments.Replies), StringComparison.Ordinal);
        Assert.Empty(_process.Started);
    }

    [Theory]
    [InlineData("/stop " + RunId, "--target=Stop", "--run=" + RunId)]
    [InlineData("/status " + RunId, "--target=Status", "--run=" + RunId)]
    [InlineData("/status", "--target=Status", null)]
    public async Task Given_ACommandAboutARun_When_Obeyed_Then_ItsTargetRunsAndItsOutputIsTheAnswer(string body, string target, string? run)
    {
        await ObeyAsync(body);

        var started = Assert.Single(_process.Started);
        Assert.Equal((target, run), (started[0], started.FirstOrDefault(argument => argument.StartsWith("--run=", StringComparison.Ordinal))));
        Assert.Contains("```text\noutput @somebody\n```", Assert.Single(_comments.Replies), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Looks fine.")]
    [InlineData("/deploy now")]
    public async Task Given_NoCommand_When_Obeyed_Then_NothingIsDone(string body)
    {
        await ObeyAsync(body, facts => facts with { Permission = "none" });

        Assert.Empty(_comments.Replies);
    }

    [Theory]
    [InlineData("/stop " + RunId, "not listed", "BP1334")]
    [InlineData("/stop " + RunId, "reader", "BP1335")]
    [InlineData("/stop " + RunId, "bot", "BP1332")]
    [InlineData("/stop " + RunId, "edited", "BP1333")]
    [InlineData("/status", "reader", "BP1335")]
    [InlineData("/approve 0123456789abcdef", "not listed", "BP1334")]
    [InlineData("/approve 0123456789abcdef", "own", "BP1337")]
    [InlineData("/approve 0123456789abcdef", "late", "BP1338")]
    [InlineData("/approve it", "", "BP1331")]
    public async Task Given_ACommandThatDoesNotCount_When_Obeyed_Then_TheAnswerSaysWhyAndNothingIsStarted(string body, string fault, string id)
    {
        var refused = await Assert.ThrowsAsync<PipelineException>(() => ObeyAsync(body, facts => fault switch
        {
            "not listed" => facts with { Approvers = "somebody" },
            "reader" => facts with { Permission = "read" },
            "bot" => facts with { Comment = facts.Comment with { IsPerson = false } },
            "edited" => facts with { Comment = facts.Comment with { UpdatedAt = facts.Comment.CreatedAt.AddMinutes(1) } },
            "own" => facts with { Requesters = ["reviewer"] },
            "late" => facts with { ReadAt = facts.ReadAt.AddDays(1) },
            _ => facts,
        }));

        Assert.Equal((id, ExitCode.NotApproved), (refused.Code.Id, refused.ExitCode));
        Assert.Contains(id, Assert.Single(_comments.Replies), StringComparison.Ordinal);
        Assert.Empty(_process.Started);
    }

    [Fact]
    public async Task Given_AStatusByAWriterWhoIsNoApprover_When_Obeyed_Then_ItIsAnswered()
    {
        await ObeyAsync("/status", facts => facts with { Approvers = null });

        Assert.Single(_process.Started);
    }

    [Fact]
    public async Task Given_ATargetThatFails_When_Obeyed_Then_ItsOutputIsTheAnswerAndItsExitCodeStays()
    {
        _process.Code = ExitCode.BadConfiguration;

        var failed = await Assert.ThrowsAsync<PipelineException>(() => ObeyAsync("/status"));

        Assert.Equal((CommentErrors.TargetFailed.Id, ExitCode.BadConfiguration), (failed.Code.Id, failed.ExitCode));
        Assert.Contains("output", Assert.Single(_comments.Replies), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("deleted", "BP1342")]
    [InlineData("no event", "BP1345")]
    [InlineData("no comment in the event", "BP1345")]
    [InlineData("no token", "BP1345")]
    public async Task Given_NoCommentToRead_When_Obeyed_Then_TheErrorSaysSo(string fault, string id)
    {
        File.WriteAllText(_event, fault == "no comment in the event" ? "{}" : fault == "deleted" ? """{"comment":{"id":99}}""" : await File.ReadAllTextAsync(_event));

        var refused = await Assert.ThrowsAsync<PipelineException>(() => ObeyAsync("/status", token: fault == "no token" ? null : "token", hasEvent: fault != "no event"));

        Assert.Equal(id, refused.Code.Id);
        Assert.Empty(_comments.Replies);
    }

    private async Task ObeyAsync(string body, Func<CommentFacts, CommentFacts>? change = null, string? token = "token", bool hasEvent = true)
    {
        var facts = FakeComments.Written(body);
        _comments.Facts.Add(change?.Invoke(facts) ?? facts);
        var account = new TestAccount { GitHub = new GitHubAccess(new Uri("http://127.0.0.1:9"), token, FakeComments.Repository, null) };
        using var flow = await FlowFixture.StartedAsync(account, "--target=Comment");
        await flow.RunAsync(new CommentTask(flow.Call, account, new CommentEvent(name => hasEvent && name == "GITHUB_EVENT_PATH" ? _event : null), _comments, _process));
    }

    private sealed class FakeProcess : ITargetProcess
    {
        public List<IReadOnlyList<string>> Started { get; } = [];

        public ExitCode Code { get; set; }

        public async Task<ExitCode> RunAsync(string file, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
        {
            Started.Add(arguments);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, "output @somebody\n", cancellationToken);
            return Code;
        }
    }
}
