using BuildPipeline.Sandbox.CodeBuild;

namespace BuildPipeline.Sandbox.Tests.CodeBuild;

public sealed class CheckoutTests : IDisposable
{
    private static readonly DateTime Old = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-checkout-").FullName;

    private string Source => Path.Combine(_folder, "source");

    private string Target => Path.Combine(_folder, "target");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void Given_a_checkout_When_copied_Then_the_copy_has_its_files_its_build_and_the_state_of_this_sandbox()
    {
        Skip.If(OperatingSystem.IsWindows(), "The copy has symbolic links.");
        foreach (var file in new[]
        {
            "build.sh", "build/Sandbox/a.cs", "build/Sandbox/obj/x", ".git/HEAD", "artifacts/runs/r", ".sandbox/endpoint.json", ".tools/dotnet/dotnet", "infra/terraform.tfvars",
            ".build/host/new/Pipeline/a.dll", ".build/host/new/Replay/b.dll", ".build/host/old/Pipeline/a.dll", ".build/obj/c",
        })
        {
            Write(file, file);
        }

        Write(".build/build.stamp", "bundled new\n");
        Directory.SetLastWriteTimeUtc(Path.Combine(Source, "build", "Sandbox"), Old);
        File.SetLastWriteTimeUtc(Path.Combine(Source, "build.sh"), Old);

        var variables = new Checkout(Source, Path.Combine(Source, ".sandbox")).CopyTo(Target);

        Assert.Equal("bundled", Assert.Single(variables).Value);
        Assert.Equal(
            [".build/build.stamp", ".build/host/new/Pipeline/a.dll", "build.sh", "build/Sandbox/a.cs"],
            Directory.EnumerateFiles(Target, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
                .Select(file => Path.GetRelativePath(Target, file)).Order(StringComparer.Ordinal));
        Assert.Equal((Old, Old), (File.GetLastWriteTimeUtc(Path.Combine(Target, "build.sh")), Directory.GetLastWriteTimeUtc(Path.Combine(Target, "build", "Sandbox"))));
        Assert.Equal((Path.Combine(Source, ".sandbox"), Path.Combine(Source, ".tools")), (LinkOf(".sandbox"), LinkOf(".tools")));
    }

    [Fact]
    public void Given_no_build_or_no_checkout_When_copied_Then_there_is_none_and_it_fails()
    {
        Write("build.sh", "");

        Assert.Empty(new Checkout(Source, Source).CopyTo(Target));
        Assert.Throws<IOException>(() => new Checkout(null, Source).CopyTo(Target));
    }

    private string? LinkOf(string name) => new DirectoryInfo(Path.Combine(Target, name)).LinkTarget;

    private void Write(string file, string text)
    {
        var path = Path.Combine(Source, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
