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
        Assert.Equal("terraform plan: Invalid value for variable in small.tfvars line 1: instance_count must be from 1 to 64 (whole output: the.log)", failure.Message);
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

    [Fact]
    public void Given_ALockedState_When_Described_Then_ItIsStillRunning() =>
        Assert.Equal(ExitCode.StillRunning, Describe("Error: Error acquiring the state lock\n\nError message: PreconditionFailed").ExitCode);

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

    private static PipelineException Describe(string output) => TerraformFailure.Describe("plan", output.Split('\n'), "the.log");
}
