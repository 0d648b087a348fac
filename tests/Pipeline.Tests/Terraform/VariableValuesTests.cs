using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Terraform;

namespace BuildPipeline.Pipeline.Tests.Terraform;

public sealed class VariableValuesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Given_TheModule_When_NothingIsSet_Then_ItsDefaultsAreRead()
    {
        var values = Read("# nothing");

        Assert.Equal((1m, 3600m, "finetune"), (values.Number("instance_count"), values.Number("max_runtime_seconds"), values.Text("name_prefix")));
        Assert.True(values.IsTrue("use_spot_instances"));
        Assert.False(values.IsTrue("enable_training_job"));
        Assert.Null(values.Text("region"));
        Assert.Empty(values.Map("teams")!);
    }

    [Fact]
    public void Given_LiteralsOfEachKind_When_Read_Then_EachHasItsValue()
    {
        var values = Read("""
            /* a comment
               of two lines */
            region = "eu-\"west\"-1" // an end
            instance_count = 4 # nodes
            max_run_cost_usd=2.5
            enable_training_job = true
            training_log_retention_days = null
            allowed_account_ids = ["1", "2",]
            teams = {
              research = { usd_per_month = 10, instance_families = ["g5"] }
              "vision" : {}
            }
            team = <<EOT
            a team
            EOT
            name_prefix = "last"
            """);

        Assert.Equal(("eu-\"west\"-1", 4m, 2.5m, "a team\n", "last"), (values.Text("region"), values.Number("instance_count"), values.Number("max_run_cost_usd"), values.Text("team"), values.Text("name_prefix")));
        Assert.True(values.IsTrue("enable_training_job"));
        Assert.Null(values.Number("training_log_retention_days"));
        Assert.Equal(["1", "2"], values.Texts("allowed_account_ids"));
        Assert.Equal(10m, values.Map("teams")!["research"]!["usd_per_month"]!.GetValue<decimal>());
        Assert.Empty(values.Map("teams")!["vision"]!.AsObject());
    }

    [Fact]
    public void Given_Options_When_Read_Then_TheyWinAndMayBePlainText()
    {
        var values = Read("team = \"a\"\ninstance_count = 1", "team=b", "instance_count=3", "instance_type=ml.g5.xlarge", "teams={b={max_nodes=1}}");

        Assert.Equal(("b", 3m, "ml.g5.xlarge"), (values.Text("team"), values.Number("instance_count"), values.Text("instance_type")));
        Assert.NotNull(values.Map("teams")!["b"]);
    }

    [Theory]
    [InlineData("region = \"a\nteam = \"b\"", "line 1")]
    [InlineData("region = \"a\"\nteam b", "line 2")]
    [InlineData("tags = {\n  a = [1\n", "line")]
    [InlineData("region = upper(\"a\")", "line 1")]
    [InlineData("team = <<EOT\nno end", "line 1")]
    [InlineData("region =\nteam = \"b\"\n", "line 1 ")]
    [InlineData("team = \"b\"\nregion = # to be set\n\n\nname_prefix = \"c\"", "line 2 ")]
    [InlineData("team = \"b\"\r\nregion =\r\n", "line 2 ")]
    [InlineData("team\n= \"b\"", "line 1 ")]
    [InlineData("teams = {\n  a =\n  b = {}\n}", "line 2 ")]
    [InlineData("allowed_account_ids = [\n  \"1\",\n  ,\n]", "line 3 ")]
    public void Given_AFileThatIsNotReadable_When_Read_Then_FileAndLineAreNamed(string text, string line)
    {
        var failure = Assert.Throws<PipelineException>(() => Read(text));

        Assert.Equal("BP1112", failure.Code.Id);
        Assert.Contains("own.tfvars", failure.Message, StringComparison.Ordinal);
        Assert.Contains(line, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_EachVariableFileOfTheProject_When_Read_Then_ItIsReadToItsEnd() => Assert.All(
        Directory.GetFiles(Path.Combine(Repository.Root, "infra"), "*.tfvars*", SearchOption.AllDirectories).Concat(Directory.GetFiles(Path.Combine(Repository.Root, "tests"), "*.tfvars", SearchOption.AllDirectories)),
        file => Assert.NotEmpty(HclLiterals.Read(File.ReadAllText(file))));

    private VariableValues Read(string text, params string[] options)
    {
        var file = Path.Combine(_folder.Root, "own.tfvars");
        File.WriteAllText(file, text);
        return VariableValues.Read(new TerraformEnvironment
        {
            Name = "own", ModuleFolder = Path.Combine(Repository.Root, "infra"), DataFolder = _folder.Root, VariableFiles = [file], Variables = options, AccountVariables = () => new Dictionary<string, string>(),
        });
    }
}
