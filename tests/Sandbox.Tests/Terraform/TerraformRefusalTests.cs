using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Terraform;

/// <summary>What the real provider refuses, refused in words like its own.</summary>
public sealed class TerraformRefusalTests(SandboxFixture sandbox, RefusedConfigurations refused) : IClassFixture<SandboxFixture>, IClassFixture<RefusedConfigurations>
{
    [SkippableTheory]
    [MemberData(nameof(RefusedConfigurations.Validated), MemberType = typeof(RefusedConfigurations))]
    public async Task Given_a_wrong_configuration_When_validated_Then_it_is_refused_with_the_reason(string configuration, string reason) =>
        Assert.Contains(reason, await refused.WhyAsync(sandbox, RefusedConfigurations.Validated, configuration, "validate"), StringComparison.Ordinal);

    [SkippableTheory]
    [MemberData(nameof(RefusedConfigurations.Planned), MemberType = typeof(RefusedConfigurations))]
    public async Task Given_data_that_AWS_lacks_When_planned_Then_the_error_says_so(string configuration, string reason) =>
        Assert.Contains(reason, await refused.WhyAsync(sandbox, RefusedConfigurations.Planned, configuration, "plan", "-input=false"), StringComparison.Ordinal);

    [SkippableTheory]
    [MemberData(nameof(RefusedConfigurations.Applied), MemberType = typeof(RefusedConfigurations))]
    public async Task Given_a_configuration_that_AWS_refuses_When_applied_Then_the_error_says_why(string configuration, string reason) =>
        Assert.Contains(reason, await refused.WhyAsync(sandbox, RefusedConfigurations.Applied, configuration, "apply", "-auto-approve", "-input=false"), StringComparison.Ordinal);

    [SkippableTheory]
    [InlineData("""allowed_account_ids = ["123456789012"]""", "AWS account ID not allowed: 000000000000")]

    [InlineData("""forbidden_account_ids = ["000000000000"]""", "AWS account ID not allowed: 000000000000")]

    [InlineData("""region = "moon-1" """, "Invalid region value: moon-1")]

    public async Task Given_a_provider_that_is_not_meant_for_the_account_When_planned_Then_it_is_refused(string setting, string reason)
    {
        using var terraform = await TerraformFolder.OfTextAsync(sandbox, $$"""
            provider "aws" {
              {{setting}}
            }

            data "aws_caller_identity" "current" {}
            """, "provider.tf");

        var (exitCode, output) = await terraform.TryAsync("plan", "-input=false");

        Assert.Equal(1, exitCode);
        Assert.Contains(reason, Unwrapped(output), StringComparison.Ordinal);
    }

    /// <summary>Terraform breaks long sentences into lines.</summary>
    private static string Unwrapped(string output) => string.Join(' ', output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
