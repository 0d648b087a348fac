using System.Text;
using System.Text.Json;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Sweeps;
using BuildPipeline.Terraform;

namespace BuildPipeline.Pipeline.Tests.Sweeps;

public sealed class SweepFileTests : IDisposable
{
    private readonly TempFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Given_AFile_When_Read_Then_EachVariantHasItsValues()
    {
        var variants = Read("""{"variants": [{"hyperparameters.learning_rate": "0.001"}, {"instance_count": 1, "use_spot_instances": false}]}""");

        Assert.Equal(["hyperparameters.learning_rate=0.001", "instance_count=1, use_spot_instances=false"], variants.Select(SweepVariables.Describe));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"variants": []}""")]
    [InlineData("""{"variants": [{}]}""")]
    [InlineData("""{"variants": [1]}""")]
    [InlineData("""{"variants": [{"a": 1}], "more": 1}""")]
    [InlineData("""{"variants": [{"a": 1, "a": 2}]}""")]
    [InlineData("""{"variants": [{"a": 1, "b": 2}, {"b": 2, "a": 1}]}""")]
    [InlineData("""{"variants": [{"a b": 1}]}""")]
    [InlineData("""{"variants": [{"a.": 1}]}""")]
    [InlineData("""{"variants": [{"a": {"b": 1}, "a.c": 1}]}""")]
    public void Given_AFileOfAnotherForm_When_Read_Then_ItIsRefused(string json) =>
        Assert.Equal(SweepErrors.InvalidFile, Assert.Throws<PipelineException>(() => Read(json)).Code);

    [Fact]
    public void Given_MoreVariantsThanOneApprovalCovers_When_Read_Then_TheyAreRefused() => Assert.Equal(
        SweepErrors.InvalidFile,
        Assert.Throws<PipelineException>(() => Read($$"""{"variants": [{{string.Join(',', Enumerable.Range(0, SweepFile.MostVariants + 1).Select(number => $$"""{"a": {{number}}}"""))}}]}""")).Code);

    [Fact]
    public void Given_EntriesOfAMap_When_TheVariablesAreMade_Then_TheMapOfTheFilesHasThem()
    {
        var variables = Variables("""{"variants": [{"hyperparameters.learning_rate": 0.001, "hyperparameters.new.name": "x", "tags": {"a": "b"}, "instance_count": 1}]}""");

        Assert.Equal("""{"hyperparameters":{"seed":"7","learning_rate":0.001,"text":"${x}","new.name":"x"},"tags":{"a":"b"},"instance_count":1}""", JsonSerializer.Serialize(variables, RunJson.Compact));
    }

    [Fact]
    public void Given_AnEntryOfWhatIsNoMap_When_TheVariablesAreMade_Then_ItIsRefused() => Assert.Equal(
        SweepErrors.InvalidFile, Assert.Throws<PipelineException>(() => Variables("""{"variants": [{"region.x": 1}]}""")).Code);

    [Theory]
    [InlineData("learning_rate", "BP2601", "hyperparameters.learning_rate")]
    [InlineData("instance_cuont", "BP1103", "instance_count")]
    public void Given_ANameThatIsNotDeclared_When_Checked_Then_TheRightOneIsNamed(string name, string error, string meant)
    {
        var values = Values();
        var variant = new SweepVariant(1, "", new Dictionary<string, JsonElement>(), new() { [name] = 1 });

        var refusal = Assert.Throws<PipelineException>(() => SweepVariables.RequireDeclared("sweep.json", [variant], values, Path.Combine(_root.Root, "infra")));

        Assert.Equal(error, refusal.Code.Id);
        Assert.Contains(meant, refusal.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<IReadOnlyDictionary<string, JsonElement>> Read(string json) => SweepFile.Read("sweep.json", Encoding.UTF8.GetBytes(json));

    private System.Text.Json.Nodes.JsonObject Variables(string json) => SweepVariables.Create(1, Read(json)[0], Values());

    private VariableValues Values()
    {
        _root.Write("infra/variables.tf", "variable \"region\" {}\nvariable \"instance_count\" {}\nvariable \"tags\" {}\nvariable \"hyperparameters\" {}\n");
        _root.Write("infra/environments/sandbox.tfvars", "region = \"us-east-1\"\nhyperparameters = {\n  seed = \"7\"\n  learning_rate = \"0.01\"\n  text = \"$${x}\"\n}\n");
        _root.Write("infra/environments/sandbox.s3.tfbackend", "");
        return VariableValues.Read(TerraformEnvironment.Find("sandbox", _root.Root, _root.Root, [], [], () => new Dictionary<string, string>()));
    }
}
