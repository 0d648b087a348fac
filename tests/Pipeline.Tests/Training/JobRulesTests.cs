using BuildPipeline.Jobs;

namespace BuildPipeline.Pipeline.Tests.Training;

public sealed class JobRulesTests
{
    private static readonly TrainingJobSpec Job = TestRuns.Job;

    public static TheoryData<string, TrainingJobSpec> Refused => new()
    {
        { "hyperparameters: sagemaker_note contains a line break", Job with { Hyperparameters = Map("sagemaker_note", "first line\nsecond line") } },
        { "hyperparameters: note contains a line break", Job with { Hyperparameters = Map("note", "first line\u2028second line") } },
        { "hyperparameters: note has 2501 characters", Job with { Hyperparameters = Map("note", new string('x', 2501)) } },
        { "hyperparameters: \"a b\" is not a valid name", Job with { Hyperparameters = Map("a\nb", "1") } },
        { "hyperparameters: 101 entries", Job with { Hyperparameters = Enumerable.Range(0, 101).ToDictionary(number => $"n{number}", _ => "1") } },
        { "entrypoint: element 2 contains a line break", Job with { Entrypoint = ["sh", "-c\nexit"] } },
        { "entrypoint: element 1 has 257 characters", Job with { Entrypoint = [new string('x', 257)] } },
        { "environment_variables: \"A-B\" is not a valid name", Job with { EnvironmentVariables = Map("A-B", "1") } },
        { "environment_variables: A has 513 characters", Job with { EnvironmentVariables = Map("A", new string('x', 513)) } },
        { "metric_definitions: train:loss: its regular expression is not valid", Job with { MetricDefinitions = [new("train:loss", "loss=([0-9]+")] } },
        { "metric_definitions: train:loss: its regular expression is not valid", Job with { MetricDefinitions = [new("train:loss", "loss=(*)")] } },
        { "metric_definitions: train:loss: its regular expression has no group", Job with { MetricDefinitions = [new("train:loss", @"loss=\(.*\)")] } },
        { "metric_definitions: train loss: its name must have", Job with { MetricDefinitions = [new("train\nloss", "(.*)")] } },
        { "tags: Team and team differ only in case", Job with { Tags = Map("Team", "mlops") } },
        { "tags: Project and project differ only in case", Job with { Tags = new Dictionary<string, string> { ["Project"] = "a", ["project"] = "b" } } },
        { "tags: \"AWS:owner\" starts with aws:", Job with { Tags = Map("AWS:owner", "a") } },
        { "tags: \"a;b\" is not a valid key", Job with { Tags = Map("a;b", "a") } },
        { "tags: the value of \"a\" is not valid", Job with { Tags = Map("a", "x*") } },
        { "tags: 51 entries", Job with { Tags = Enumerable.Range(0, 47).ToDictionary(number => $"n{number}", _ => "1") } },
        { "training_image_uri: \"Upper/case:1\" is not a valid image", Job with { TrainingImageUri = "Upper/case:1" } },
        { "training_image_uri: \"host/a b:1\" is not a valid image", Job with { TrainingImageUri = "host/a b:1" } },
        { "volume_size_gb: 16385", Job with { VolumeSizeGb = 16385 } },
        { "instance_count", Job with { InstanceCount = 0 } },
        { "max_retry_attempts: 31", Job with { MaxRetryAttempts = 31 } },
        { "security groups: 6", Job with { SecurityGroupIds = ["1", "2", "3", "4", "5", "6"] } },
        { "private_subnet_ids: 17 subnets", Job with { SubnetIds = [.. Enumerable.Range(0, 17).Select(number => $"subnet-{number}")] } },
        { "role_arn", Job with { RoleArn = "arn:aws:iam::1:role/x-too-short-id" } },
        { "name_prefix", Job with { Name = "demo_sandbox" } },
        { "model_data_uri: \"s3://corpus/a//b\"", Job with { ModelDataUri = "s3://corpus/a//b" } },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Given_WhatAwsWouldRefuse_When_Checked_Then_TheVariableIsNamed(string expected, TrainingJobSpec job) =>
        Assert.StartsWith(expected, Assert.Single(JobRules.Problems(job)), StringComparison.Ordinal);

    [Theory]
    [InlineData("sandbox/builtin")]
    [InlineData("123456789012.dkr.ecr.us-east-1.amazonaws.com/finetune:1.0")]
    [InlineData("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.5.1-gpu-py311-cu124-ubuntu22.04-sagemaker")]
    [InlineData("registry.example:5000/team/my__image-1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public void Given_AJobThatAwsTakes_When_Checked_Then_ThereIsNoProblem(string image) => Assert.Empty(JobRules.Problems(Job with
    {
        TrainingImageUri = image,
        EnvironmentVariables = Map("TEXT", "two\nlines are fine here"),
        MetricDefinitions = [.. Job.MetricDefinitions, new("lookahead", @"x=(?=[0-9])(\d+)")],
        RoleArn = "arn:aws:iam::000000000000:role/demo",
        SubnetIds = null,
        SecurityGroupIds = null,
    }));

    private static Dictionary<string, string> Map(string name, string value) => new() { [name] = value };
}
