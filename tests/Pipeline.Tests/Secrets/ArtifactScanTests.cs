using System.IO.Compression;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Secrets;

namespace BuildPipeline.Pipeline.Tests.Secrets;

public sealed class ArtifactScanTests : IDisposable
{
    private static readonly string GitHubToken = "gh" + "p_" + new string('a', 36);

    private readonly TempFolder _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Given_ARecordWithoutSecrets_When_Scanned_Then_NothingIsFound()
    {
        _runs.Write("1/run.json", """{"job": {"hyperparameters": {"max_tokens": "5"}, "kms_key_arn": "arn:aws:kms:us-east-1:000000000000:key/1"}, "approval": {"digest": "abc"}}""");
        _runs.Write("1/terraform.log", "  + hyperparameters = { max_tokens = \"5\" }\nPlan: 3 to add, 0 to change, 0 to destroy.");
        Zip("1/plan.tfplan", "values: max_tokens 5");

        Assert.Empty(ArtifactScan.Find(_runs.Root));
        Assert.Empty(ArtifactScan.Find(Path.Combine(_runs.Root, "missing")));
    }

    // A plan file holds them.
    [Fact]
    public void Given_TheConfigurationOfInfra_When_Scanned_Then_NothingIsFound()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "infra"), "*.tf", SearchOption.AllDirectories))
        {
            _runs.Write($"1/{Path.GetRelativePath(Repository.Root, file)}", File.ReadAllText(file));
        }

        Assert.Empty(ArtifactScan.Find(_runs.Root));
    }

    [Fact]
    public void Given_SecretsInAnyFile_When_Scanned_Then_EachFileIsNamedWithoutTheValue()
    {
        _runs.Write("1/run.json", """{"job": {"environment_variables": {"HF_TOKEN": "abc"}}}""");
        _runs.Write("1/events.jsonl", "{\"kind\": \"x\"}\n{\"detail\": {\"note\": \"" + GitHubToken + "\"}}\n");
        _runs.Write("1/terraform.log", "  + api_key = \"abcd\"\n");
        _runs.Write("1/.hidden", GitHubToken);
        Zip("1/plan.tfplan", $"note {GitHubToken}");

        Assert.Equal(
            ["1/.hidden", "1/events.jsonl: detail.note", "1/plan.tfplan", "1/run.json: job.environment_variables.HF_TOKEN", "1/terraform.log"],
            ArtifactScan.Find(_runs.Root).Select(found => found.Replace('\\', '/')).Order(StringComparer.Ordinal));
    }

    private void Zip(string path, string text)
    {
        using var archive = ZipFile.Open(Path.Combine(_runs.Root, path), ZipArchiveMode.Create);
        using var writer = new StreamWriter(archive.CreateEntry("tfplan").Open());
        writer.Write(text);
    }
}
