using BuildPipeline.Approvals.Comments;

namespace BuildPipeline.Pipeline.Tests.Approvals;

public sealed class CommentCommandTests
{
    private const string Digest = "0123456789abcdef";

    [Theory]
    [InlineData("/approve " + Digest, CommandKind.Approve, Digest, null)]
    [InlineData("/approve 0123456789ABCDEF 12.50", CommandKind.Approve, Digest, 12.5)]
    [InlineData("  /approve\t" + Digest + "  $3\r\n\r\nLooks fine.", CommandKind.Approve, Digest, 3.0)]
    [InlineData("/stop 20260131-120000-1a2b", CommandKind.Stop, "20260131-120000-1a2b", null)]
    [InlineData("/status", CommandKind.Status, null, null)]
    [InlineData("/status 20260131-120000-1a2b\nplease", CommandKind.Status, "20260131-120000-1a2b", null)]
    public void Given_ACommand_When_Parsed_Then_ItIsUnderstood(string body, CommandKind kind, string? subject, double? amount) =>
        Assert.Equal(new CommentCommand(kind, subject, amount is { } dollars ? new Usd((decimal)dollars) : null), CommentCommand.Parse(body));

    [Theory]
    [InlineData("")]
    [InlineData("Looks fine.\n/approve " + Digest)]
    [InlineData("> /approve " + Digest)]
    [InlineData("`/approve " + Digest + "`")]
    [InlineData("/approved " + Digest)]
    [InlineData("/Approve " + Digest)]
    [InlineData("/deploy")]
    public void Given_AnythingElse_When_Parsed_Then_ItIsNoCommand(string body) => Assert.Null(CommentCommand.Parse(body));

    [Theory]
    [InlineData("/approve")]
    [InlineData("/approve 0123456789abcde")]
    [InlineData("/approve " + Digest + "g")]
    [InlineData("/approve " + Digest + " 1e9")]
    [InlineData("/approve " + Digest + " -1")]
    [InlineData("/approve " + Digest + " 1.005")]
    [InlineData("/approve " + Digest + " 5 10")]
    [InlineData("/approve " + Digest + "; echo")]
    [InlineData("/stop")]
    [InlineData("/stop latest")]
    [InlineData("/stop 20260131-120000-1a2b --all")]
    [InlineData("/status --environment=other")]
    public void Given_ACommandOfAnUnknownForm_When_Parsed_Then_ItIsRefused(string body) =>
        Assert.Equal(CommentErrors.Malformed, Assert.Throws<PipelineException>(() => CommentCommand.Parse(body)).Code);

    [Fact]
    public void Given_ADigest_When_ItsCommandIsWritten_Then_ItIsThatApproval()
    {
        var digest = new string('a', 64);

        var command = CommentCommand.Parse(CommentCommand.ToApprove(digest, new Usd(1234.5m)))!;

        Assert.Equal((true, false, new Usd(1234.5m)), (command.Approves(digest), command.Approves(new string('b', 64)), command.Amount));
    }
}
