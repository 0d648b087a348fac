using System.Text.Json;
using BuildPipeline.Sandbox.Models;
using BuildPipeline.Sandbox.ServiceQuotas;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.ServiceQuotas;

public sealed class ServiceQuotasTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    [Fact]
    public void Given_table_When_read_Then_codes_and_names_are_unique_and_types_are_real()
    {
        Assert.Distinct(QuotaTable.All.Select(quota => quota.Code));
        Assert.Distinct(QuotaTable.All.Select(quota => quota.Name));
        Assert.All(
            QuotaTable.All.Where(quota => quota.Name.StartsWith("ml.", StringComparison.Ordinal)),
            quota => Assert.Contains(quota.Name.Split(' ')[0], ServiceModels.All["sagemaker"].Shapes["TrainingInstanceType"].Enum!));
    }

    [Theory]
    [InlineData("ml.g5.2xlarge", true, 32)]
    [InlineData("ml.p5.48xlarge", false, 0)]
    [InlineData("ml.trn1.32xlarge", false, 0)]
    [InlineData("ml.c5.xlarge", false, 20)]
    public void Given_instance_type_When_its_quota_is_asked_for_Then_common_ones_are_generous_and_scarce_ones_are_not(string type, bool spot, double value) =>
        Assert.Equal(value, QuotaTable.Applied(QuotaTable.NameOf(type, spot)));

    [Trait("Tier", "all")]
    [SkippableFact]
    public async Task Given_aws_command_line_When_quotas_are_listed_Then_all_pages_come_and_unknown_ones_are_refused()
    {
        Skip.IfNot(await ExternalTool.WorksAsync("aws", "--version"), "the aws command line is not installed: quotas were not tried with it");
        var listed = JsonSerializer.Deserialize<JsonElement>(await AwsAsync("list-service-quotas", "--service-code", "sagemaker", "--page-size", "7"));
        var one = JsonSerializer.Deserialize<JsonElement>(await AwsAsync("get-service-quota", "--service-code", "sagemaker", "--quota-code", "L-DE07CBDF"));
        var defaults = JsonSerializer.Deserialize<JsonElement>(await AwsAsync("get-aws-default-service-quota", "--service-code", "sagemaker", "--quota-code", "L-DE07CBDF"));
        var (exitCode, _, errors) = await ExternalTool.RunAsync(
            "aws", ["service-quotas", "get-service-quota", "--service-code", "sagemaker", "--quota-code", "L-00000000"], sandbox.ClientEnvironment());

        Assert.Equal(QuotaTable.All.Count, listed.GetProperty("Quotas").GetArrayLength());
        Assert.Equal("ml.g5.xlarge for spot training job usage", one.GetProperty("Quota").GetProperty("QuotaName").GetString());
        Assert.Equal((32, 0), (one.GetProperty("Quota").GetProperty("Value").GetDouble(), defaults.GetProperty("Quota").GetProperty("Value").GetDouble()));
        Assert.NotEqual(0, exitCode);
        Assert.Contains("NoSuchResourceException", errors, StringComparison.Ordinal);
    }

    private async Task<string> AwsAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await ExternalTool.RunAsync("aws", ["service-quotas", .. arguments, "--output", "json"], sandbox.ClientEnvironment());
        Assert.True(exitCode == 0, errors);
        return output;
    }
}
