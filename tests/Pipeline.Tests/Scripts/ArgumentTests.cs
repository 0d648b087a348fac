namespace BuildPipeline.Pipeline.Tests.Scripts;

/// <summary>build.sh and build.ps1 hand their arguments to the host as they were given.</summary>
public sealed class ArgumentTests : IDisposable
{
    private static readonly string[] Awkward =
    [
        "--data=s3://bucket/key", @"--out=C:\a\b", @"--out=C:\a b\", "-t:Plan", "--x:", "--x:true", "--x=", "", " ", "a b", "--x=a  b", "'", "it's", "\"",
        "say \"hi\"", @"a\""b", @"\", @"\\", @"end\\ of\\", "$HOME", "${HOME}", "$(id)", "`id`", "a;b", "a,b", ",", "checkpoint:2,8s", "@x", "@{a=1}", "{a}",
        "(a)", "[a]", "*", "?", "~", "%PATH%", "%", "a&b", "a|b", "a<b>c", "#x", "!x", "^", "--", "-", "héllo", "日本", "😀", "a=b=c", "0x10", "1.50", "tab\there",
        "--packages-x", "-File", "-Command", "build.ps1",
    ];

    private readonly ScriptCheckout _checkout = new();

    public ArgumentTests()
    {
        Skip.If(OperatingSystem.IsWindows(), "build.sh is not for Windows.");
        PowerShell.SkipWithout();
    }

    public void Dispose() => _checkout.Dispose();

    [SkippableFact]
    [Trait("Tier", "all")]
    public async Task Given_AwkwardArguments_When_EachScriptRuns_Then_TheHostReceivesTheSame()
    {
        var bash = await _checkout.RunAsync(Awkward);
        Expect(Awkward, bash);

        var file = await _checkout.RunPowerShellAsync(["--packages=published", .. Awkward]);
        Expect(Awkward, file);

        var session = await _checkout.RunInSessionAsync($"./build.ps1 {string.Join(' ', Awkward.Select(Quoted))}");
        Expect(Awkward, session);
        Assert.Equal(1, _checkout.Calls.Count(call => call.Contains(" build ", StringComparison.Ordinal)));
    }

    [Trait("Tier", "all")]
    [SkippableTheory]
    [InlineData("--x=checkpoint:2,8s", "--x=checkpoint:2,8s")]
    [InlineData("--x=1.50,0x10,1e3,2kb `\n  --y=$n", "--x=1.50,0x10,1e3,2kb", "--y=8")]
    [InlineData("--x=2,$n --y='a b','c'", "--x=2,8", "--y=a b,c")]
    [InlineData("-t:Plan --data=s3://b/k --out=C:\\a 90s", "-t:Plan", "--data=s3://b/k", @"--out=C:\a", "90s")]
    [InlineData("@list", "--x=1,2", "a b")]
    public async Task Given_WordsWithoutQuotes_When_TypedInASession_Then_TheHostReceivesThemAsTyped(string words, params string[] expected)
    {
        var result = await _checkout.RunInSessionAsync($"$n = 8; $list = '--x=1,2', 'a b'; ./build.ps1 {words} | Out-Host");

        Expect(expected, result);
    }

    private void Expect(string[] arguments, ScriptResult result)
    {
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal(arguments, _checkout.HostArguments);
    }

    private static string Quoted(string argument) => $"'{argument.Replace("'", "''", StringComparison.Ordinal)}'";
}
