using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Policies;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Policies;

/// <summary>The program of <c>--policy-command</c>: what it gets, and that nothing which goes wrong with it lets a run through.</summary>
public sealed class PolicyProcessTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a b", "a", "b")]
    [InlineData("  a   b  ", "a", "b")]
    [InlineData("jq '.a | .b' \"it's\"", "jq", ".a | .b", "it's")]
    [InlineData("a''b \"\"", "ab", "")]
    [InlineData("a ; rm -rf $HOME `b` $(c) && d > e", "a", ";", "rm", "-rf", "$HOME", "`b`", "$(c)", "&&", "d", ">", "e")]
    [InlineData("C:\\tools\\opa.exe eval", "C:\\tools\\opa.exe", "eval")]
    public void Given_ACommand_When_Split_Then_QuotesHoldWordsTogetherAndNothingIsExpanded(string command, params string[] words) => Assert.Equal(words, PolicyWords.Split(command));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("''")]
    [InlineData("a 'b")]
    [InlineData("a \"b'")]
    public void Given_NoProgramOrAnOpenQuote_When_Split_Then_ThereAreNoWords(string command) =>
        Assert.Equal((null, true), (PolicyWords.Split(command), PolicyWords.ProblemOf(command) is not null));

    [Fact]
    public void Given_ACommandThatIsShown_When_Checked_Then_ItHasNoSecretAndNothingHidden()
    {
        Assert.Null(PolicyWords.ProblemOf("./policy/check.sh 'for gpu'"));
        Assert.NotNull(PolicyWords.ProblemOf($"./check.sh ghp_{new string('a', 36)}"));
        Assert.NotNull(PolicyWords.ProblemOf("./check.sh \u202e"));
        Assert.NotNull(PolicyWords.ProblemOf("./check.sh\n./other.sh"));
    }

    [SkippableFact]
    public async Task Given_ACommand_When_Asked_Then_ThePathIsItsLastArgumentAndAShellReadsNothing()
    {
        var check = await AskAsync("""printf '[{"id":"a","owner":"%s","severity":"info","message":"%s|%s|%s"}]' "$#" "$1" "$2" "$3" """, " '$(touch stolen)' ';id'");

        Assert.Equal(("3", $"$(touch stolen)|;id|{Input}"), (check.Findings[0].Owner, check.Findings[0].Message));
        Assert.False(File.Exists(Path.Combine(_folder.Root, "stolen")));
    }

    [SkippableFact]
    public async Task Given_CredentialsInTheEnvironment_When_Asked_Then_TheProgramSeesNone()
    {
        // A name of this test's own: other tests run in the same process.
        Environment.SetEnvironmentVariable("AWS_POLICY_TEST_TOKEN", "x");

        var check = await AskAsync("""env | cut -d= -f1 | sort | tr '\n' ' ' > names; printf '[{"id":"a","owner":"b","severity":"info","message":"%s"}]' "$(cat names)" """);

        // A shell sets some of its own.
        Assert.Empty(check.Findings[0].Message.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Except(["PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP", "PWD", "OLDPWD", "SHLVL", "_"]));
        Assert.Contains("PATH", check.Findings[0].Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("echo '[]'; echo 'no \u001b[2J rules' >&2; exit 4", "BP1272")]
    [InlineData("echo '[]'; kill -9 $$", "BP1272")]
    [InlineData("echo nothing found", "BP1273")]
    [InlineData("true", "BP1273")]
    [InlineData("yes 0123456789", "BP1274")]
    public async Task Given_AProgramThatDoesNotDoWhatItShould_When_Asked_Then_TheRunIsRefusedWithAnErrorOfItsOwn(string script, string id)
    {
        var error = await RefusedAsync(() => AskAsync(script));

        Assert.Equal((id, ExitCode.Refused), (error.Code.Id, error.ExitCode));
    }

    [SkippableTheory]
    [InlineData("sleep 60")]
    [InlineData("sleep 60 & echo '[]'")]
    public async Task Given_AProgramThatDoesNotEnd_When_TheLimitIsOver_Then_ItIsEndedAndTheRunIsRefused(string script)
    {
        var asked = AskAsync(script);

        _time.Advance(PolicyProcess.Limit);

        Assert.Equal(PolicyErrors.TimeLimit, (await RefusedAsync(() => asked)).Code);
    }

    [SkippableFact]
    public async Task Given_ASignal_When_TheRulesAreAsked_Then_TheCallIsCancelled()
    {
        using var signal = new CancellationTokenSource();
        var asked = AskAsync("sleep 60", cancellationToken: signal.Token);

        await signal.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    [Fact]
    public async Task Given_AProgramThatIsNotThere_When_Asked_Then_TheRunIsRefused()
    {
        foreach (var command in new[] { "./missing", "no-such-program-of-this-test" })
        {
            Assert.Equal(PolicyErrors.NotStarted, (await RefusedAsync(() => new PolicyProcess(_time).AskAsync(command, _folder.Root, Input, default))).Code);
        }
    }

    private string Input => Path.Combine(_folder.Root, "gate-input.json");

    private Task<PolicyCheck> AskAsync(string script, string arguments = "", CancellationToken cancellationToken = default)
    {
        Skip.If(OperatingSystem.IsWindows(), "The rules of these tests are shell scripts.");
        _folder.Write("rules.sh", script);
        return new PolicyProcess(_time).AskAsync($"sh rules.sh{arguments}", _folder.Root, Input, cancellationToken);
    }

    private static async Task<PipelineException> RefusedAsync(Func<Task<PolicyCheck>> ask) => await Assert.ThrowsAsync<PipelineException>(ask);
}
