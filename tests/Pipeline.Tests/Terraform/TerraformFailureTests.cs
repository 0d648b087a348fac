using BuildPipeline.Terraform;

namespace BuildPipeline.Pipeline.Tests.Terraform;

public sealed class TerraformFailureTests
{
    [Fact]
    public void Given_AFailedValidation_When_Described_Then_ItIsOneSentenceAndBadConfiguration()
    {
        var failure = Describe("""
            Planning failed. Terraform encountered an error while generating this plan.

            Error: Invalid value for variable

              on small.tfvars line 1:
               1: instance_count = 0
                ├────────────────
                │ var.instance_count is 0

            instance_count must be from 1 to 64.

            This was checked by the validation rule at main.tf:3,1-11.
            """);

        Assert.Equal(ExitCode.BadConfiguration, failure.ExitCode);
        Assert.Equal("terraform plan: Invalid value for variable in small.tfvars line 1: instance_count must be from 1 to 64 (full output: the.log)", failure.Message);
    }

    [Fact]
    public void Given_AMissingValueAndAWarning_When_Described_Then_OnlyTheErrorIsTold()
    {
        var failure = Describe("""
            Warning: Value for undeclared variable

            The root module does not declare a variable named "z" but a value was found in file "a.tfvars".

            Error: No value for required variable

              on main.tf line 8:
               8: variable "m" { type = string }

            The root module input variable "m" is not set, and has no default value.
            """);

        Assert.Equal(ExitCode.BadConfiguration, failure.ExitCode);
        Assert.Contains("variable \"m\" is not set", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("undeclared", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Error: Function calls not allowed\n\n  on small.tfvars line 1:\n   1: a = upper(1)\n\nFunctions may not be called here.", ExitCode.BadConfiguration, "small.tfvars line 1")]
    [InlineData("Error: Unterminated tuple constructor expression\n\n  on <value for var.entrypoint> line 1:\n  (source code not available)\n\nThere is no bracket.", ExitCode.BadConfiguration, "--var=entrypoint")]
    [InlineData("Error: failed to get shared config profile, nobody", ExitCode.BadConfiguration, "nobody")]
    [InlineData("Error: reading EC2 VPC (vpc-1): 503\n\n  with data.aws_vpc.x,\n  on main.tf line 3, in data \"aws_vpc\" \"x\":\n   3: data\n", ExitCode.Failed, "vpc-1")]
    public void Given_AnError_When_Described_Then_TheCodeFollowsWhereItIs(string output, ExitCode code, string named)
    {
        var failure = Describe(output);

        Assert.Equal(code, failure.ExitCode);
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\nError: Saved plan is stale\n\nThe given plan file can no longer be applied because the state was changed by\nanother operation after the plan was created.")]
    [InlineData("\nError: Saved plan does not match the given state\n\nThe given plan file can not be applied because it was created from a\ndifferent state lineage.")]
    public void Given_AStateThatAnotherRunChanged_When_ThePlanIsApplied_Then_ItsApprovalIsVoid(string output) =>
        Assert.Equal(TerraformErrors.StalePlan, TerraformFailure.Describe("apply", output.Split('\n'), "the.log").Code);

    [Theory]
    [InlineData("Error: Unsupported argument\n\n  on dev.s3.tfbackend line 2:\n   2: buckett = 1\n\nAn argument named \"buckett\" is not expected here.", ExitCode.BadConfiguration)]
    [InlineData("Error: Failed to get existing workspaces: S3 bucket \"none\" does not exist.", ExitCode.BadConfiguration)]
    [InlineData("Error: Failed to get existing workspaces: request send failed, dial tcp 127.0.0.1:9: connect: connection refused", ExitCode.Failed)]
    public void Given_AFailedInit_When_Described_Then_ABackendFileIsConfigurationAndTheNetworkIsNot(string output, ExitCode code) =>
        Assert.Equal(code, TerraformFailure.Describe("init", output.Split('\n'), "the.log").ExitCode);

    [Fact]
    public void Given_AnotherLockThanTheOneToRelease_When_Described_Then_ItIsABadOption()
    {
        Assert.Equal(ExitCode.BadConfiguration, TerraformFailure.WhyNotReleased("a", ["lock ID 'a' does not match existing lock"], "the.log")!.ExitCode);
        Assert.Null(TerraformFailure.WhyNotReleased("a", ["Failed to unlock state: NoSuchKey: "], "the.log"));
    }

    [Fact]
    public void Given_AnotherError_When_Described_Then_ItIsAFailure() =>
        Assert.Equal(ExitCode.Failed, Describe("Error: creating VPC: RequestTimeout\n\n  with module.network.aws_vpc.this[0],\n  on main.tf line 1\n").ExitCode);

    [Fact]
    public void Given_NoErrorBlock_When_Described_Then_TheLogIsNamed() =>
        Assert.Contains("the.log", Describe("Killed").Message, StringComparison.Ordinal);

    [Fact]
    public void Given_AWarningOfAnUndeclaredVariable_When_Searched_Then_ItsNameIsFound() =>
        Assert.Equal("max_run_cost_us", TerraformFailure.UndeclaredVariable(
            ["Warning: Value for undeclared variable", "", "The root module does not declare a", "variable named \"max_run_cost_us\" but a value was found"]));

    [Theory]
    [InlineData("Error: reading EC2 VPC (vpc-1): 503\n\n  with data.aws_vpc.x,\n  on main.tf line 3, in data \"aws_vpc\" \"x\":\n   3: data\n", "infra/main.tf", 3)]
    [InlineData("Error: Invalid value for variable\n\n  on /repo/infra/environments/prod.tfvars line 12:\n   12: a = 1\n\nToo small.", "/repo/infra/environments/prod.tfvars", 12)]
    [InlineData("Error: Unterminated tuple constructor expression\n\n  on <value for var.entrypoint> line 1:\n  (source code not available)\n\nThere is no bracket.", null, 0)]
    [InlineData("Error: failed to get shared config profile, nobody", null, 0)]
    public void Given_AnErrorInAFile_When_Described_Then_ItsLineIsKnown(string output, string? file, int line)
    {
        var places = Describe(output).Places;

        Assert.Equal((file, line), places is [var place] ? (place.File, place.Line) : (null, 0));
    }

    private static PipelineException Describe(string output) => TerraformFailure.Describe("plan", output.Split('\n'), "the.log");
}
