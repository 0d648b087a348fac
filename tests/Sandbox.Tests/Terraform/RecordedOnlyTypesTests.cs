using BuildPipeline.Sandbox.Terraform.Resources;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Schema;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Terraform;

/// <summary>A type has behaviour, or it is on the list of those that are only recorded and says so, or it is refused.</summary>
public sealed class RecordedOnlyTypesTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    [Fact]
    public void Given_the_types_of_the_schema_When_looked_up_Then_each_is_known_and_no_other_is_listed()
    {
        var types = AwsSchema.Load().Resources.Keys.ToHashSet();

        Assert.All(types, type => Assert.Equal(type, ResourceCatalog.Find(type).Type));
        Assert.Subset(types, RecordedOnlyTypes.All.Keys.ToHashSet());
        Assert.All(RecordedOnlyTypes.All.Keys, type => Assert.True(ResourceCatalog.Find(type).Effects is null or BucketSettingEffects, type));
    }

    [Fact]
    public void Given_a_type_without_behaviour_When_looked_up_Then_it_is_refused_by_name() =>
        Assert.Contains("aws_sagemaker_endpoint", Assert.Throws<ResourceError>(() => ResourceCatalog.Find("aws_sagemaker_endpoint")).Message, StringComparison.Ordinal);

    [SkippableFact]
    public async Task Given_recorded_types_When_planned_and_applied_Then_both_say_so_once_a_type_and_a_type_with_behaviour_says_nothing()
    {
        using var terraform = await TerraformFolder.OfTextAsync(sandbox, """
            resource "aws_sqs_queue" "x" {
              count = 2
              name  = "recorded-${count.index}"
            }

            resource "aws_ecr_repository" "x" { name = "recorded" }

            resource "aws_iam_role" "x" {
              name               = "recorded"
              assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
            }
            """);

        var planned = await terraform.RunAsync("plan", "-input=false", "-out=saved.tfplan");
        var applied = await terraform.RunAsync("apply", "-input=false", "saved.tfplan");
        var settled = await terraform.RunAsync("plan", "-input=false");
        await terraform.DestroyAsync();

        Assert.Equal(["aws_ecr_repository: recorded only", "aws_sqs_queue: recorded only"], WarningsOf(planned));
        Assert.Equal(["aws_ecr_repository: recorded only", "aws_sqs_queue: recorded only"], WarningsOf(applied));
        Assert.Empty(WarningsOf(settled));
    }

    private static IEnumerable<string> WarningsOf(string output) => output.Split('\n')
        .Where(line => line.Contains("Warning: ", StringComparison.Ordinal)).Select(line => line.Split("Warning: ")[1].Trim()).Order();
}
