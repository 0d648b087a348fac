using BuildPipeline.Terraform;

namespace BuildPipeline.Pipeline.Tests.Terraform;

public sealed class StrayFilesTests : IDisposable
{
    private readonly DirectoryInfo _module = Directory.CreateTempSubdirectory("infra-");

    public void Dispose() => _module.Delete(recursive: true);

    [Theory]
    [InlineData("backend_override.tf")]
    [InlineData("override.tf.json")]
    [InlineData("modules/storage/main_override.tf")]
    [InlineData("terraform.tfvars")]
    [InlineData("terraform.tfvars.json")]
    [InlineData("team.auto.tfvars")]
    [InlineData("team.auto.tfvars.json")]
    [InlineData("terraform.tfstate")]
    [InlineData("errored.tfstate")]
    public void Given_AFileThatChangesTerraform_When_Checked_Then_ItIsRefusedByName(string name)
    {
        Write(name);

        var exception = Assert.Throws<PipelineException>(() => StrayFiles.Refuse(_module.FullName, "dev", Sample.Hints));

        Assert.Equal(ExitCode.BadConfiguration, exception.ExitCode);
        Assert.Contains($"infra/{name} ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_WhatBelongsThere_When_Checked_Then_ItIsFine()
    {
        Array.ForEach(["main.tf", "terraform.tfstate.backup", "modules/storage/main.tf", "environments/dev.tfvars", "terraform.tfvars.example", ".terraform.lock.hcl"], Write);

        File.WriteAllText(Path.Combine(_module.FullName, "terraform.tfstate"), """{"version": 4, "resources": []}""");

        StrayFiles.Refuse(_module.FullName, "dev", Sample.Hints);
    }

    [Fact]
    public void Given_ALocalState_When_Checked_Then_BothWaysOutAreCommandsForAnEnvironmentThatIsFree()
    {
        Write("environments/dev.tfvars");
        File.WriteAllText(Path.Combine(_module.FullName, "terraform.tfvars"), "environment = \"dev\"\nregion = \"eu-west-1\"\n");
        File.WriteAllText(Path.Combine(_module.FullName, "terraform.tfstate"), """{"resources": [{"arn": "arn:aws:iam::123456789012:role/x"}]}""");

        var message = Assert.Throws<PipelineException>(() => StrayFiles.Refuse(_module.FullName, "sandbox", Sample.Hints)).Message;

        string[] commands = [.. message.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal)).Select(line => line.Trim())];
        Assert.Equal($"terraform -chdir={_module.FullName} destroy", commands[0]);
        Assert.Equal(2, commands.Count(command => command == $"mv {_module.FullName}/terraform.tfvars {_module.FullName}/environments/dev-2.tfvars"));
        Assert.Contains(commands, command => command.Contains("terraform-state-123456789012-eu-west-1", StringComparison.Ordinal) && command.EndsWith("/environments/dev-2.s3.tfbackend", StringComparison.Ordinal));
        Assert.Equal("./build.sh --target=Plan --environment=dev-2", commands[^1]);
    }

    [Fact]
    public void Given_AnApplyThatCouldNotSaveItsState_When_Checked_Then_TheStateIsNamedWithTheCommandThatSavesIt()
    {
        var environment = WorkingFolderTests.Environment(_module.FullName, _module.CreateSubdirectory(".data").FullName);
        StrayFiles.RequireSavedState(environment, Sample.Hints);
        Write(".data/configuration/errored.tfstate");

        var exception = Assert.Throws<PipelineException>(() => environment.RequireUsable(Sample.Hints));

        Assert.Equal(TerraformErrors.UnsavedState, exception.Code);
        Assert.Contains($"TF_DATA_DIR={environment.DataFolder} terraform -chdir={environment.WorkingFolder} state push errored.tfstate", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("instance_cuont=2", "instance_count")]
    [InlineData("max_run_cost=2", "max_run_cost_usd")]
    public void Given_AMistypedVariable_When_Checked_Then_TheNearestIsNamed(string assignment, string meant)
    {
        File.WriteAllText(Path.Combine(_module.FullName, "variables.tf"), "variable \"instance_count\" {}\nvariable \"max_run_cost_usd\" {\n}\n");

        var exception = Assert.Throws<PipelineException>(() => TerraformVariables.Check([assignment], _module.FullName));

        Assert.Equal(ExitCode.BadConfiguration, exception.ExitCode);
        Assert.Contains(meant, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("training_job_submitter=terraform", true)]
    [InlineData("training_job_submitter = \"terraform\"", true)]
    [InlineData("training_job_submitter=pipeline", false)]
    public void Given_AnOptionThatMakesTerraformSubmit_When_Checked_Then_ItIsRefused(string assignment, bool refused)
    {
        File.WriteAllText(Path.Combine(_module.FullName, "variables.tf"), "variable \"training_job_submitter\" {}\n");
        var environment = WorkingFolderTests.Environment(_module.FullName, _module.FullName) with { Variables = [assignment] };

        var error = Record.Exception(() => environment.RequireUsable(Sample.Hints)) as PipelineException;

        Assert.Equal(refused ? TerraformErrors.OtherSubmitter : null, error?.Code);
        Assert.Equal("-var=training_job_submitter=pipeline", environment.WriteVariables()[^1]);
    }

    [Fact]
    public void Given_AnOptionThatSetsAVariableToNull_When_ItsArgumentsAreWritten_Then_AFileInItsPlaceSaysSo()
    {
        var environment = WorkingFolderTests.Environment(_module.FullName, _module.FullName) with { Variables = ["a=1", "max_wait_seconds=null", "b=nullable"] };

        var arguments = environment.WriteVariables();

        Assert.Equal(["-var=a=1", "-var=b=nullable"], [arguments[^4], arguments[^2]]);
        Assert.Equal("{\"max_wait_seconds\": null}\n", File.ReadAllText(arguments[^3]["-var-file=".Length..]));
    }

    [Theory]
    [InlineData("TF_CLI_ARGS_plan", true)]
    [InlineData("TF_WORKSPACE", true)]
    [InlineData("TF_VAR_instance_count", true)]
    [InlineData("TF_CLI_CONFIG_FILE", false)]
    [InlineData("TF_PLUGIN_CACHE_DIR", false)]
    public void Given_AVariableOfTerraform_When_Asked_Then_WhatChangesARunIsCleared(string name, bool isCleared) =>
        Assert.Equal(isCleared, TerraformEnvironment.IsCleared(name));

    private void Write(string name)
    {
        var file = Path.Combine(_module.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "x");
    }
}
