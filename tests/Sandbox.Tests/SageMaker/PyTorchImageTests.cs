using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.SageMaker.Images;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Requests;
using BuildPipeline.Sandbox.Tests.Models;

namespace BuildPipeline.Sandbox.Tests.SageMaker;

public sealed class PyTorchImageTests
{
    private const string Python = "/opt/venv/bin/python3";

    [Fact]
    [Effect("CreateTrainingJob", "AlgorithmSpecification.ContainerEntrypoint", "AlgorithmSpecification.ContainerArguments")]
    public async Task Given_an_entrypoint_When_a_job_runs_Then_paths_of_the_container_are_those_of_the_node()
    {
        await using var harness = new JobHarness(images: Images(Python));
        await harness.SubmitAsync(Request(
            ["bash", "/opt/ml/input/data/code/entrypoint.sh", "--root=/opt/ml", "/opt/mlx"], ["/opt/ml"]));
        await harness.ToTrainingAsync();

        var node = harness.Runner.Current[1];

        Assert.Equal("bash", node.Launch.FileName);
        Assert.Equal([node.Root + "/input/data/code/entrypoint.sh", "--root=" + node.Root, "/opt/mlx", node.Root], node.Launch.Arguments);
    }

    [Fact]
    [Effect("CreateTrainingJob", "AlgorithmSpecification.TrainingImage", "Environment")]
    public async Task Given_no_entrypoint_When_a_job_runs_Then_the_image_runs_the_program_of_channel_code_with_its_Python()
    {
        await using var harness = new JobHarness(images: Images(Python));
        var request = Request(null, null);
        request["Environment"] = new JsonObject { ["OMP_NUM_THREADS"] = "2" };
        await harness.SubmitAsync(request);
        await harness.ToTrainingAsync();

        var launch = harness.Runner.Current[0].Launch;

        Assert.Equal([Python, harness.Runner.Current[0].Root + "/input/data/code/train.py"], launch.Arguments.Prepend(launch.FileName));
        Assert.Equal((Python, "2"), (launch.Environment["PYTHON"], launch.Environment["OMP_NUM_THREADS"]));
        Assert.StartsWith("/opt/venv/bin" + Path.PathSeparator, launch.Environment["PATH"], StringComparison.Ordinal);
    }

    [Fact]
    public void Given_no_Python_with_PyTorch_When_a_job_is_created_Then_it_is_refused_and_says_what_to_install()
    {
        var objects = new MemoryObjectStore();
        objects.CreateBucket(JobHarness.Bucket, "us-east-1");

        var error = Assert.Throws<AwsError>(() => new TrainingJobRules(objects, Images(null), new TestAccount().AsResources()).Check(Request(null, null), TestAccount.Region));

        Assert.Equal("ValidationException", error.Code);
        Assert.Contains("apt-get install python3-torch", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_any_Python_When_an_image_needs_no_PyTorch_Then_it_runs_and_an_unknown_image_is_told_of_it()
    {
        var images = new TrainingImages(new Dictionary<string, Func<TrainingImage>>
        {
            [PythonImages.Plain] = () => PythonImages.WithoutTorch(new(Python, null)),
            [PythonImages.PyTorch] = () => PythonImages.WithTorch(null),
        });

        Assert.Null(images.ProblemOf("sandbox/python:latest"));
        Assert.Contains("import torch", images.ProblemOf("sandbox/pytorch"), StringComparison.Ordinal);
        Assert.Contains("sandbox/python, sandbox/pytorch", images.ProblemOf("sandbox/pyton"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_PyTorch_is_gone_since_the_job_was_created_When_it_starts_Then_it_fails_and_says_so()
    {
        await using var harness = new JobHarness(images: Images(null));
        await harness.SubmitAsync(Request(null, null));

        await harness.PassAsync(2);
        await harness.UntilAsync(job => job.IsOver);

        Assert.Equal(JobStatus.Failed, harness.Job().Status);
        Assert.StartsWith("ClientError: The image sandbox/pytorch cannot run: ", harness.Job().FailureReason, StringComparison.Ordinal);
    }

    private static TrainingImages Images(string? python) =>
        new(new Dictionary<string, Func<TrainingImage>> { [PythonImages.PyTorch] = () => PythonImages.WithTorch(python is null ? null : new(python, "/home/somebody/.local")) });

    private static JsonObject Request(string[]? entrypoint, string[]? arguments)
    {
        var request = JobHarness.Request();
        var algorithm = request["AlgorithmSpecification"]!.AsObject();
        algorithm["TrainingImage"] = PythonImages.PyTorch;
        Add("ContainerEntrypoint", entrypoint);
        Add("ContainerArguments", arguments);
        return request;

        void Add(string name, string[]? values)
        {
            if (values is not null)
            {
                algorithm[name] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]);
            }
        }
    }
}
