using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Nodes;

namespace BuildPipeline.Sandbox.Tests.SageMaker;

public sealed class ChannelCheckTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-channels-").FullName;
    private readonly List<(string Path, string Sha256, long Size)> _approved = [];

    public ChannelCheckTests()
    {
        foreach (var name in new[] { "train.py", "models/a.py", "a-b.py" })
        {
            Write(name, "print(1)");
            var content = Encoding.UTF8.GetBytes("print(1)");
            _approved.Add((name, Convert.ToHexStringLower(SHA256.HashData(content)), content.Length));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("sitecustomize.py", "import os")]
    [InlineData("__pycache__/train.cpython-312.pyc", "bytes")]
    [InlineData(".hidden.pth", "import os")]
    [InlineData("train.py", "print(2)")]
    public async Task Given_a_file_that_was_added_or_changed_When_checked_Then_it_is_named(string path, string content)
    {
        Write(path, content);

        var failure = await Assert.ThrowsAsync<JobFailure>(() => CheckAsync(Variables()));

        Assert.StartsWith("AlgorithmError: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"'{path}'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'code'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_missing_file_or_folder_When_checked_Then_it_fails()
    {
        File.Delete(Path.Combine(_folder, "code", "train.py"));
        Assert.Contains("missing", (await Assert.ThrowsAsync<JobFailure>(() => CheckAsync(Variables()))).Message, StringComparison.Ordinal);
        var absent = new Dictionary<string, string> { ["PIPELINE_DATA_SHA256_VALIDATION"] = new('a', 64) };
        Assert.Contains("'validation'", (await Assert.ThrowsAsync<JobFailure>(() => CheckAsync(absent))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_files_too_many_for_marks_When_one_is_added_Then_the_digest_alone_refuses()
    {
        Write("sitecustomize.py", "import os");
        var variables = Variables();
        variables.Remove("PIPELINE_CODE_MARKS");

        Assert.Contains("4 files", (await Assert.ThrowsAsync<JobFailure>(() => CheckAsync(variables))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_what_was_approved_or_no_digest_When_checked_Then_it_passes()
    {
        await CheckAsync(Variables());
        Write("sitecustomize.py", "import os");
        await CheckAsync([]);
    }

    [Fact]
    public async Task Given_a_job_whose_data_was_poisoned_When_it_starts_Then_it_fails_before_any_program_runs()
    {
        await using var harness = new JobHarness();
        harness.Objects.Put(JobHarness.Bucket, "data/x/a.txt", "poison");
        var request = JobHarness.Request();
        var source = new JsonObject { ["S3DataType"] = "S3Prefix", ["S3Uri"] = $"s3://{JobHarness.Bucket}/data/x/" };
        request["InputDataConfig"] = new JsonArray(
            new JsonObject { ["ChannelName"] = "train", ["DataSource"] = new JsonObject { ["S3DataSource"] = source } });
        request["Environment"] = new JsonObject { ["PIPELINE_DATA_SHA256_TRAIN"] = new string('a', 64) };
        await harness.SubmitAsync(request);

        await harness.PassAsync(1);
        await harness.UntilAsync(job => job.IsOver);

        Assert.Equal(JobStatus.Failed, harness.Job().Status);
        Assert.Contains("'train'", harness.Job().FailureReason, StringComparison.Ordinal);
        Assert.Empty(harness.Runner.Nodes);
    }

    private Dictionary<string, string> Variables() => new()
    {
        ["PIPELINE_CODE_SHA256"] = ContentDigest.Compute(_approved),
        ["PIPELINE_CODE_MARKS"] = ContentMarks.Compute(_approved)!,
        ["LOG_LEVEL"] = "info",
    };

    private Task CheckAsync(Dictionary<string, string> variables) => ChannelCheck.RequireAsync(variables, _folder, default);

    private void Write(string name, string content)
    {
        var file = Path.Combine(_folder, "code", name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }
}
