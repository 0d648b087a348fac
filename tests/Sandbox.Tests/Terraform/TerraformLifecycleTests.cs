using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Terraform;

/// <summary>Whole configurations through the real terraform: nothing to do after apply, nothing left after destroy.</summary>
public sealed class TerraformLifecycleTests(SeparateSandbox sandbox) : IClassFixture<SeparateSandbox>
{
    [SkippableTheory]
    [InlineData("network")]
    [InlineData("storage")]
    [InlineData("identity")]
    [InlineData("monitoring")]
    [InlineData("recorded")]
    [InlineData("lookup")]
    public async Task Given_a_configuration_When_applied_and_destroyed_Then_a_second_plan_is_empty_and_nothing_is_left(string fixture)
    {
        using var terraform = await TerraformFolder.OfFixtureAsync(sandbox, fixture);

        await terraform.RunAsync("validate");
        await terraform.ApplyAsync();
        await terraform.PlanFindsNoChangesAsync();
        Assert.NotEmpty(await ResourcesAsync());

        await terraform.DestroyAsync();

        Assert.Empty(await ResourcesAsync());
        Assert.DoesNotContain(
            (await InventoryAsync())["buckets"]!.AsArray(), bucket =>
            ((string)bucket!["name"]!).StartsWith("fixture-", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Given_default_tags_When_planned_Then_tags_all_holds_them_under_the_resources_own()
    {
        using var terraform = await TerraformFolder.OfFixtureAsync(sandbox, "network");

        var plan = await terraform.PlanAsync();

        var vpc = plan["resource_changes"]!.AsArray().Single(change => (string)change!["address"]! == "aws_vpc.main")!["change"]!["after"]!;
        Assert.Equal("""{"Name":"main","owner":"resource","team":"tests"}""", vpc["tags_all"]!.ToJsonString());
        Assert.Equal("us-east-1", (string)vpc["region"]!);
    }

    [SkippableFact]
    public async Task Given_a_network_When_its_range_changes_Then_it_is_replaced_and_a_flag_changes_in_place()
    {
        using var terraform = await TerraformFolder.OfFixtureAsync(sandbox, "network");
        await terraform.ApplyAsync();

        var moved = await terraform.PlanActionsAsync("-var=cidr=10.21.0.0/16");
        var published = await terraform.PlanActionsAsync("-var=map_public=true");
        await terraform.ApplyAsync("-var=cidr=10.21.0.0/16", "-var=map_public=true");
        await terraform.PlanFindsNoChangesAsync("-var=cidr=10.21.0.0/16", "-var=map_public=true");
        await terraform.DestroyAsync();

        Assert.Equal("delete,create", moved["aws_vpc.main"]);
        Assert.Equal("delete,create", moved["aws_subnet.private[0]"]);
        Assert.Equal("delete,create", moved["aws_security_group.inline"]);
        Assert.Equal("update", published["aws_subnet.private[0]"]);
        Assert.Equal(2, published.Count);
        Assert.Empty(await ResourcesAsync());
    }

    [SkippableFact]
    public async Task Given_data_sources_When_read_Then_they_tell_the_sandboxs_facts()
    {
        using var terraform = await TerraformFolder.OfFixtureAsync(sandbox, "lookup");
        await terraform.ApplyAsync();

        var found = await terraform.OutputAsync("found");
        await terraform.DestroyAsync();

        string Fact(string name) => found.GetProperty(name).GetString()!;
        Assert.Equal("us-east-1a,us-east-1b", Fact("zones"));
        Assert.Equal("000000000000", Fact("account"));
        Assert.Equal("sagemaker.amazonaws.com", Fact("principal"));
        Assert.Equal("172.31.0.0/16", Fact("default_cidr"));
        Assert.Equal("3", Fact("subnets"));
        Assert.Equal("com.amazonaws.us-east-1.s3", Fact("service"));
        Assert.Equal(
            "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.10.0-gpu-py313-cu130-ubuntu22.04-sagemaker", Fact("image"));
        Assert.Equal("arn:aws:iam::000000000000:role/lookup", Fact("issuer"));
        Assert.Equal("arn:aws:iam::000000000000:role/sandbox-training", Fact("training"));
        Assert.Equal("4", Fact("quota"));
        Assert.All(["subnet_in", "tagged", "key", "role"], name => Assert.Equal("true", Fact(name)));
    }

    [SkippableFact]
    public async Task Given_resources_When_the_sandbox_is_killed_and_started_again_Then_the_plan_finds_no_changes()
    {
        using var terraform = await TerraformFolder.OfFixtureAsync(sandbox, "identity");
        await terraform.ApplyAsync();

        await sandbox.RestartAsync();

        await terraform.PlanFindsNoChangesAsync();
        await terraform.DestroyAsync();
        Assert.Empty(await ResourcesAsync());
    }

    [SkippableFact]
    public async Task Given_two_provider_blocks_When_applied_Then_each_has_its_own_region_and_tags()
    {
        using var terraform = await TerraformFolder.OfTextAsync(sandbox, """
            provider "aws" {
              alias  = "ireland"
              region = "eu-west-1"
            }

            resource "aws_vpc" "here" {
              cidr_block = "10.50.0.0/16"
            }

            resource "aws_vpc" "there" {
              provider   = aws.ireland
              cidr_block = "10.51.0.0/16"
            }

            resource "aws_vpc" "elsewhere" {
              region     = "us-west-2"
              cidr_block = "10.52.0.0/16"
            }

            output "arns" {
              value = join(" ", [aws_vpc.here.arn, aws_vpc.there.arn, aws_vpc.elsewhere.arn])
            }

            output "tags" {
              value = [aws_vpc.here.tags_all, aws_vpc.there.tags_all]
            }
            """);

        await terraform.ApplyAsync();
        var arns = (await terraform.OutputAsync("arns")).GetString()!;
        var tags = await terraform.OutputAsync("tags");
        await terraform.PlanFindsNoChangesAsync();
        await terraform.DestroyAsync();

        Assert.Equal(["us-east-1", "eu-west-1", "us-west-2"], arns.Split(' ').Select(arn => arn.Split(':')[3]));
        Assert.Equal("tests", tags[0].GetProperty("team").GetString());
        Assert.Empty(tags[1].EnumerateObject());
    }

    [SkippableFact]
    public async Task Given_a_resource_that_exists_When_imported_Then_the_plan_finds_no_changes()
    {
        using var terraform = await TerraformFolder.OfTextAsync(sandbox, """
            resource "aws_iam_role" "kept" {
              name               = "kept"
              assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }] })
            }
            """);
        await terraform.ApplyAsync();
        File.Delete(terraform.PathOf("terraform.tfstate"));

        var (exitCode, output) = await terraform.TryAsync("apply", "-auto-approve");
        await terraform.RunAsync("import", "aws_iam_role.kept", "kept");
        await terraform.PlanFindsNoChangesAsync();
        await terraform.DestroyAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("EntityAlreadyExists", output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Given_native_tests_When_run_Then_they_pass_against_the_sandbox()
    {
        using var terraform = await TerraformFolder.OfFixtureAsync(sandbox, "storage");
        terraform.Write("""
            run "bucket_is_named" {
              command = plan

              assert {
                condition     = aws_s3_bucket.artifacts.bucket == "fixture-artifacts"
                error_message = "The bucket's name must be known at plan time."
              }
            }

            run "object_is_encrypted" {
              assert {
                condition     = output.encryption == "aws:kms"
                error_message = "The bucket's default encryption must apply."
              }
            }
            """, "main.tftest.hcl");

        var output = await terraform.RunAsync("test");

        Assert.Contains("2 passed, 0 failed", output, StringComparison.Ordinal);
        Assert.Empty(await ResourcesAsync());
    }

    private async Task<JsonNode> InventoryAsync() => JsonNode.Parse(await sandbox.Http.GetStringAsync("/_sandbox/resources"))!;

    private async Task<JsonArray> ResourcesAsync() => (await InventoryAsync())["resources"]!.AsArray();
}
