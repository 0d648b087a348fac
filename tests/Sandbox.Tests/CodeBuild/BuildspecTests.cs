using System.Diagnostics;
using BuildPipeline.Sandbox.CodeBuild;

namespace BuildPipeline.Sandbox.Tests.CodeBuild;

public sealed class BuildspecTests
{
    private const string Token = "0123token";

    [Fact]
    public void Given_a_buildspec_When_parsed_Then_phases_are_in_the_order_in_which_they_run()
    {
        var buildspec = Buildspec.Parse("""
            {"version":0.2,"env":{"variables":{"A":"1","B":2}},"phases":{"post_build":{"commands":["d"]},"build":{"commands":["b","c"]},"install":{"commands":["a"]}}}
            """);

        Assert.Equal(["INSTALL a", "BUILD b c", "POST_BUILD d"], buildspec.Commands.Select(phase => $"{phase.Phase} {string.Join(' ', phase.Commands)}"));
        Assert.Equal(("1", "2"), (buildspec.Variables["A"], buildspec.Variables["B"]));
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("version: 0.2", "JSON")]
    [InlineData("""{"version":"0.1","phases":{}}""", "version 0.2")]
    [InlineData("""{"version":"0.2","cache":{}}""", "cache")]
    [InlineData("""{"version":"0.2","env":{"secrets-manager":{}}}""", "env.secrets-manager")]
    [InlineData("""{"version":"0.2","phases":{"deploy":{}}}""", "phases.deploy")]
    [InlineData("""{"version":"0.2","phases":{"build":{"commands":["a"],"finally":["b"]}}}""", "phases.build.finally")]
    [InlineData("""{"version":"0.2","phases":{"build":{"commands":[]}}}""", "phases.build.commands")]
    [InlineData("""{"version":"0.2","phases":[]}""", "phases")]
    public void Given_what_is_no_buildspec_or_not_emulated_When_parsed_Then_it_is_refused_by_name(string text, string name) =>
        Assert.Contains(name, Assert.Throws<FormatException>(() => Buildspec.Parse(text)).Message, StringComparison.Ordinal);

    [SkippableTheory]
    [InlineData("""{"install":["cd /","export X=\"it's\""],"build":["echo $X $PWD"]}""", 0, "INSTALL", "INSTALL 0", "BUILD", "it's /", "BUILD 0")]
    [InlineData("""{"pre_build":["false","echo no"],"build":["echo no"],"post_build":["echo no"]}""", 0, "PRE_BUILD", "PRE_BUILD 1")]
    [InlineData("""{"build":["(exit 75)"],"post_build":["echo $CODEBUILD_BUILD_SUCCEEDING"]}""", 0, "BUILD", "BUILD 75", "POST_BUILD", "0", "POST_BUILD 0")]
    [InlineData("""{"build":["exit 3"],"post_build":["echo no"]}""", 3, "BUILD", "BUILD 3")]
    public void Given_a_script_When_run_Then_state_is_kept_and_the_first_failure_ends_the_phase(string phases, int code, params string[] expected)
    {
        Skip.If(OperatingSystem.IsWindows(), "A build is a program of sh.");
        var commands = System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string[]>>(phases)!;
        var script = BuildScript.Write(new Buildspec(new Dictionary<string, string>(), [.. commands.Select(phase => (phase.Key.ToUpperInvariant(), (IReadOnlyList<string>)phase.Value))]), Token);

        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardOutput = true })!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("[Container]", StringComparison.Ordinal));
        process.WaitForExit();

        Assert.Equal(expected, lines.Select(line => BuildScript.Read(line, Token) is { } mark ? $"{mark.Phase} {mark.ExitCode}".TrimEnd() : line));
        Assert.Equal(code, process.ExitCode);
    }
}
