namespace BuildPipeline.Pipeline.Tests.Scripts;

/// <summary>Paths and folders that build.sh cannot work with are refused before anything is started.</summary>
public sealed class ScriptEnvironmentTests
{
    public ScriptEnvironmentTests() => Skip.If(OperatingSystem.IsWindows(), "build.sh is not for Windows.");

    [SkippableTheory]
    [InlineData("feature%2Fx", "%")]
    [InlineData("a;b", ";")]
    [InlineData("a$(x)", "$(")]
    [InlineData("a@(x)", "@(")]
    [InlineData("a:b", ":")]
    [InlineData("a*b", "*")]
    public async Task Given_PathThatMSBuildReadsAsSyntax_When_Run_Then_TheCharacterIsNamedAndNothingStarts(string folder, string character)
    {
        using var checkout = new ScriptCheckout(folder);

        var result = await checkout.RunAsync("--target=Plan");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"contains {character},", result.Errors, StringComparison.Ordinal);
        Assert.Empty(checkout.Calls);
    }

    [SkippableTheory]
    [InlineData("o'neil")]
    [InlineData("a b & (c) ü #1 @x 100% [z] $y {q} !")]
    public async Task Given_PathWithOtherCharacters_When_Run_Then_TheHostStarts(string folder)
    {
        using var checkout = new ScriptCheckout(folder);

        var result = await checkout.RunAsync();

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("host with published", result.Output.Trim());
    }

    [SkippableTheory]
    [InlineData("HOME")]
    [InlineData("DOTNET_CLI_HOME")]
    [InlineData("TMPDIR")]
    public async Task Given_FolderThatCannotBeWritten_When_Run_Then_TheVariableIsNamedAndNothingStarts(string variable)
    {
        using var checkout = new ScriptCheckout();
        checkout.Variables["DOTNET_CLI_HOME"] = null;
        checkout.Variables[variable] = "/dev/null/home";

        var result = await checkout.RunAsync();

        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"set {variable} to", result.Errors, StringComparison.Ordinal);
        Assert.Empty(checkout.Calls);
    }

    [SkippableTheory]
    [InlineData("")]
    [InlineData(null)]
    public async Task Given_NoHome_When_Run_Then_TheUsersOwnIsPassedOnAndNotTheCheckout(string? home)
    {
        using var checkout = new ScriptCheckout();
        checkout.Variables["HOME"] = home;
        checkout.Variables["DOTNET_CLI_HOME"] = Path.GetTempPath();

        var result = await checkout.RunAsync();

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("/", checkout.Home, StringComparison.Ordinal);
        Assert.NotEqual(checkout.Root, checkout.Home);
    }

    [SkippableFact]
    public async Task Given_CheckoutThatCannotBeWritten_When_Run_Then_OnlyABuiltOneStarts()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Another user is taken on with a Linux tool.");
        using var unbuilt = new ScriptCheckout();
        using var built = new ScriptCheckout();
        await built.RunAsync();

        var refused = await unbuilt.RunReadOnlyAsync();
        var started = await built.RunReadOnlyAsync();

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("cannot be written", refused.Errors, StringComparison.Ordinal);
        Assert.Empty(unbuilt.Calls);
        Assert.Equal((0, "host with published"), (started.ExitCode, started.Output.Trim()));
        Assert.Equal(1, built.Probes);
    }
}
