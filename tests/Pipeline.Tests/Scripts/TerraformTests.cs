namespace BuildPipeline.Pipeline.Tests.Scripts;

/// <summary>Which terraform the scripts find.</summary>
public sealed class TerraformTests : IDisposable
{
    // What terraform prints, and whether it is recent enough.
    private static readonly (string Script, bool IsFound)[] Versions =
    [
        ("echo 'Warning: v0.1 of the provider is old' >&2; echo 'Terraform v1.11.4'", true),
        ("echo; echo 'Warning: v0.1 of the provider is old'; echo 'Terraform v1.10.0-rc1'", true),
        ("echo 'Terraform v1.9.8'; echo 'Your version is out of date. The latest is v1.14.0'", false),
    ];

    private readonly ScriptCheckout _checkout = new();

    public TerraformTests()
    {
        Skip.If(OperatingSystem.IsWindows(), "build.sh is not for Windows.");
        foreach (var (index, version) in Versions.Index())
        {
            _checkout.AddProgram($"terraform{index}", $"#!/bin/sh\n{version.Script}\n");
        }

        // In place of the download: neither is asked for where terraform is found.
        _checkout.AddProgram("curl", "#!/bin/sh\nexit 1\n");
        _checkout.Variables["https_proxy"] = "http://127.0.0.1:9";
    }

    public void Dispose() => _checkout.Dispose();

    [SkippableFact]
    public async Task Given_TerraformThatWarns_When_BuildShRuns_Then_ItIsFoundByItsVersion()
    {
        foreach (var (script, isFound) in Versions)
        {
            _checkout.AddProgram("terraform", $"#!/bin/sh\n{script}\n");
            var ended = await _checkout.RunAsync("--target=Plan");
            _checkout.Delete(".build/terraform.checked");

            Assert.Equal((script, 0, !isFound), (script, ended.ExitCode, Downloads(ended.Errors)));
        }
    }

    // In one session: PowerShell takes seconds to start.
    [SkippableFact]
    [Trait("Tier", "all")]
    public async Task Given_TerraformThatWarns_When_BuildPs1Runs_Then_ItIsFoundByItsVersion()
    {
        PowerShell.SkipWithout();

        var ended = await _checkout.RunInSessionAsync(
            $"foreach ($n in 0..{Versions.Length - 1}) {{ Copy-Item \"$env:STUB/terraform$n\" \"$env:STUB/terraform\"; ./build.ps1 --target=Plan; [Console]::Error.WriteLine(\"exit $LASTEXITCODE\"); Remove-Item .build/terraform.checked -ErrorAction Ignore }}");

        Assert.Equal(
            Versions.Select(version => (0, !version.IsFound)),
            ended.Errors.Split("exit ")[..^1].Zip(ended.Errors.Split("exit ")[1..], (said, rest) => (rest[0] - '0', Downloads(said))));
    }

    private static bool Downloads(string said) => said.Contains("Downloading terraform", StringComparison.Ordinal);
}
