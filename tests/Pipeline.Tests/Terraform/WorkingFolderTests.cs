using BuildPipeline.Terraform;

namespace BuildPipeline.Pipeline.Tests.Terraform;

public sealed class WorkingFolderTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("working-folder-");
    private readonly TerraformEnvironment _environment;

    public WorkingFolderTests()
    {
        _environment = Environment(Path.Combine(_root.FullName, "infra"), Path.Combine(_root.FullName, "data"));
        Write("infra/main.tf", "locals {}");
    }

    public static TerraformEnvironment Environment(string moduleFolder, string dataFolder) => new()
    {
        Name = "dev", ModuleFolder = moduleFolder, DataFolder = dataFolder, VariableFiles = [], Variables = [], AccountVariables = () => new Dictionary<string, string>(),
    };

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Given_AModule_When_Copied_Then_OnlyWhatTerraformReadsIsThereAndTheS3Backend()
    {
        string[] read = ["instance-types.json", "modules/a/main.tf", "modules/a/tests/policy.tftpl", "template.tftpl", ".terraform.lock.hcl"];
        string[] unread =
        [
            "README.md", "terraform.tfvars", "terraform.tfvars.example", "x.auto.tfvars", "terraform.tfstate", "terraform.tfstate.backup", ".hidden",
            ".terraform/modules/x.tf", "access/main.tf", "tests/a.tf", "examples/a/main.tf", "environments/dev.tfvars",
        ];
        Array.ForEach([.. read, .. unread], name => Write($"infra/{name}", name));

        Refresh();

        Assert.Equal(new SortedSet<string>([.. read, "main.tf", "pipeline_backend.tf"], StringComparer.Ordinal), Copied());
        Assert.Equal("s3", BackendBlock.Find(_environment.WorkingFolder)!.Kind);
        Assert.Equal("modules/a/main.tf", Read("modules/a/main.tf"));
    }

    [Fact]
    public void Given_AnEarlierCopy_When_TheModuleChanges_Then_WhatIsStaleGoesButAStateStays()
    {
        Write("infra/removed.tf", "");
        Refresh();
        Write("data/configuration/main_override.tf", "stale");
        Write("data/configuration/errored.tfstate", "state");
        File.Delete(Path.Combine(_root.FullName, "infra/removed.tf"));
        Write("infra/main.tf", "edited");

        Refresh();

        Assert.Equal(new SortedSet<string>(["errored.tfstate", "main.tf", "pipeline_backend.tf"], StringComparer.Ordinal), Copied());
        Assert.Equal("edited", Read("main.tf"));
    }

    [Fact]
    public void Given_ALockThatInitWrote_When_CopiedAgain_Then_ItStaysUntilTheModuleHasItsOwn()
    {
        Write("data/configuration/.terraform.lock.hcl", "chosen by init");
        Refresh();
        Assert.Equal("chosen by init", Read(".terraform.lock.hcl"));

        Write("infra/.terraform.lock.hcl", "committed");
        Refresh();

        Assert.Equal("committed", Read(".terraform.lock.hcl"));
    }

    [Theory]
    [InlineData("terraform {\n  backend \"s3\" {\n    use_lockfile = true\n  }\n}", "s3")]
    [InlineData("terraform { backend \"gcs\" {} }", "gcs")]
    [InlineData("terraform {\n  required_version = \">= 1.10\"\n  required_providers {\n    aws = { source = \"a\" }\n  }\n  cloud {\n  }\n}", "cloud")]
    [InlineData("/* terraform {\n backend \"gcs\" {} } */", null)]
    [InlineData("# terraform { backend \"gcs\" {} }", null)]
    [InlineData("locals {\n  text = \"terraform { backend \\\"gcs\\\" {} }\"\n}", null)]
    [InlineData("locals {\n  text = <<-EOT\n    terraform {\n      backend \"gcs\" {}\n    }\n  EOT\n}", null)]
    [InlineData("resource \"a\" \"b\" {\n  terraform {\n    backend \"gcs\" {}\n  }\n}", null)]
    [InlineData("locals {\n  pattern = \"s3:::${var.name}/*\"\n}\nterraform {\n  backend \"local\" {}\n}", "local")]
    public void Given_Code_When_SearchedForABackend_Then_OnlyARealBlockIsFound(string code, string? kind)
    {
        Write("infra/main.tf", code);

        Assert.Equal(kind, BackendBlock.Find(_environment.ModuleFolder)?.Kind);
    }

    [Theory]
    [InlineData("""{"terraform": {"backend": {"s3": {}}}}""", "s3")]
    [InlineData("""{"terraform": [{"cloud": {}}]}""", "cloud")]
    [InlineData("""{"resource": {}}""", null)]
    public void Given_JsonCode_When_SearchedForABackend_Then_ItIsFoundToo(string code, string? kind)
    {
        Write("infra/backend.tf.json", code);

        Assert.Equal(kind, BackendBlock.Find(_environment.ModuleFolder)?.Kind);
    }

    [Fact]
    public void Given_ABackendOfItsOwn_When_Used_Then_S3IsKeptAndAnythingElseIsRefusedByName()
    {
        Write("infra/backend.tf", "terraform {\n  backend \"s3\" {}\n}");
        _environment.RequireUsable(Sample.Hints);
        Refresh();
        Assert.Equal(new SortedSet<string>(["backend.tf", "main.tf"], StringComparer.Ordinal), Copied());

        Write("infra/backend.tf", "terraform {\n  backend \"remote\" {}\n}");
        var exception = Assert.Throws<PipelineException>(() => _environment.RequireUsable(Sample.Hints));

        Assert.Equal(TerraformErrors.OtherBackend, exception.Code);
        Assert.Contains("infra/backend.tf has a backend \"remote\"", exception.Message, StringComparison.Ordinal);
    }

    private void Refresh() => WorkingFolder.Refresh(_environment, _environment.WorkingFolder);

    private SortedSet<string> Copied() => new(Directory.EnumerateFiles(_environment.WorkingFolder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_environment.WorkingFolder, file).Replace('\\', '/')), StringComparer.Ordinal);

    private string Read(string name) => File.ReadAllText(Path.Combine(_environment.WorkingFolder, name));

    private void Write(string name, string text)
    {
        var file = Path.Combine(_root.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
