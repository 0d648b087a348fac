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

        var exception = Assert.Throws<PipelineException>(() => StrayFiles.Refuse(_module.FullName));

        Assert.Equal(ExitCode.BadConfiguration, exception.ExitCode);
        Assert.Contains($"infra/{name} ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_WhatBelongsThere_When_Checked_Then_ItIsFine()
    {
        Array.ForEach(["main.tf", "modules/storage/main.tf", "environments/dev.tfvars", "terraform.tfvars.example", "backend_override.tf.example", ".terraform.lock.hcl"], Write);

        StrayFiles.Refuse(_module.FullName);
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
