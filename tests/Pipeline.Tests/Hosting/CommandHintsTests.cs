using System.Diagnostics;
using BuildPipeline.Cli;
using BuildPipeline.Hosting;
using FsCheck.Xunit;

namespace BuildPipeline.Pipeline.Tests.Hosting;

public sealed class CommandHintsTests
{
    private static readonly ContextOption[] Context =
    [
        new("environment", "aws", []),
        new("artifacts", "/tmp/o'neil's", []),
        new("var-file", "my vars.tfvars", ["Launch"]),
    ];

    [Fact]
    public void Given_AContext_When_ACommandIsSuggested_Then_ItRepeatsWhatTheTargetReads()
    {
        var hints = new CommandHints("./build.sh", HintShell.Posix, Context);

        Assert.Equal(
            @"./build.sh --target=Launch --run=r --environment=aws '--artifacts=/tmp/o'\''neil'\''s' '--var-file=my vars.tfvars'", hints.For("Launch", "--run=r"));
        Assert.Equal(@"./build.sh --target=Stop --environment=aws '--artifacts=/tmp/o'\''neil'\''s'", hints.For("Stop"));
        Assert.Equal("./build.sh --target=Stop --environment=b --artifacts=c", hints.For("Stop", "--environment=b", "--artifacts=c"));
    }

    [Fact]
    public void Given_PowerShell_When_ACommandIsSuggested_Then_QuotesAreDoubled() =>
        Assert.Equal("./build.ps1 --target=Stop --environment=aws '--artifacts=/tmp/o''neil''s'", new CommandHints("./build.ps1", HintShell.PowerShell, Context).For("Stop"));

    [Fact]
    public void Given_ACommandLine_When_Read_Then_ItsContextIsWhatACommandMustRepeat()
    {
        var options = CommandLine.Read(
            ["--target=Launch", "--environment=aws", "--detach", "--artifacts=x y", "--var=a=1", "--var=b=2", "--run=latest", "--deadline=6h", "--policy=spot-only", "--github-issue=3"],
            ["Launch"], Repository.Root);

        var hints = ServiceCollectionExtensions.HintsFor(options, name => name == "PIPELINE_SCRIPT" ? "/s/build.sh" : null);
        Assert.Equal("/s/build.sh --target=Launch --environment=aws '--artifacts=x y' --var=a=1 --var=b=2 --deadline=6h --policy=spot-only --github-issue=3", hints.For("Launch"));
        Assert.Equal("/s/build.sh --target=Stop --environment=aws '--artifacts=x y'", hints.For("Stop"));
    }

    [Theory]
    [InlineData("environment_variables={HF_TOKEN=\"hf_not-a-real-one\"}")]
    [InlineData("api_key=not-a-real-one")]
    [InlineData("training_data_uri=https://user:not-a-real-one@data.example/set")]
    public void Given_AVariableWithASecret_When_ACommandIsSuggested_Then_ItIsNotRepeated(string variable)
    {
        var options = CommandLine.Read(["--target=Launch", $"--var={variable}", "--var=a=1"], ["Launch"], Repository.Root);

        Assert.Equal("./build.sh --target=Launch --var=a=1", ServiceCollectionExtensions.HintsFor(options, _ => null).For("Launch"));
    }

    [Property(MaxTest = 20)]
    public void Given_AnyWords_When_Quoted_Then_TheShellPassesThemOnUnchanged(string?[] given)
    {
        // No process can get a null character, and the encoder replaces halves of pairs.
        List<string> words = [.. given.OfType<string>().Select(word => string.Concat(word.Where(c => c != '\0' && !char.IsSurrogate(c))))];
        var line = string.Join(' ', words.Select(word => ShellWord.Quote(word, HintShell.Posix)));

        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"for word in {line}; do printf '%s\\0' \"$word\"; done"]) { RedirectStandardOutput = true })!;
        var read = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();

        Assert.Equal(string.Concat(words.Select(word => word + '\0')), read);
    }
}
