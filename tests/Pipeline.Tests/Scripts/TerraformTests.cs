namespace BuildPipeline.Pipeline.Tests.Scripts;

/// <summary>Which terraform the scripts find.</summary>
public sealed class TerraformTests : IDisposable
{
    private readonly ScriptCheckout _checkout = new();

    public TerraformTests() => Skip.If(OperatingSystem.IsWindows(), "build.sh is not for Windows.");

    public void Dispose() => _checkout.Dispose();

    [SkippableTheory]
    [InlineData("echo 'Warning: v0.1 of the provider is old' >&2; echo 'Terraform v1.11.4'", true)]
    [InlineData("echo; echo 'Warning: v0.1 of the provider is old'; echo 'Terraform v1.10.0-rc1'", true)]
    [InlineData("echo 'Terraform v1.9.8'; echo 'Your version is out of date. The latest is v1.14.0'", false)]
    public async Task Given_TerraformThatWarns_When_EachScriptRuns_Then_ItIsFoundByItsVersion(string script, bool isFound)
    {
        PowerShell.SkipWithout();
        _checkout.AddProgram("terraform", $"#!/bin/sh\n{script}\n");
        // In place of the download: neither is asked for where terraform is found.
        _checkout.AddProgram("curl", "#!/bin/sh\nexit 1\n");
        _checkout.Variables["https_proxy"] = "http://127.0.0.1:9";

        var bash = await _checkout.RunAsync("--target=Plan");
        _checkout.Delete(".build/terraform.checked");
        var powerShell = await _checkout.RunPowerShellAsync("--target=Plan");

        Assert.Equal((0, !isFound), (bash.ExitCode, bash.Errors.Contains("Downloading terraform", StringComparison.Ordinal)));
        Assert.Equal((0, !isFound), (powerShell.ExitCode, powerShell.Errors.Contains("Downloading terraform", StringComparison.Ordinal)));
    }
}
