using System.Text.RegularExpressions;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Terraform;

namespace BuildPipeline.Pipeline.Tests.Terraform;

public sealed class ObjectAttributesTests : IDisposable
{
    private static readonly string Module = Path.Combine(Repository.Root, "infra");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Given_TheModule_When_Read_Then_EveryVariableOfObjectsHasItsAttributes()
    {
        var declared = ObjectAttributes.Declared(Module);

        var objects = Directory.EnumerateFiles(Module, "variables*.tf").Sum(file => Regex.Count(File.ReadAllText(file), @"(?m)^  type += .*object\("));
        Assert.Equal(objects, declared.Count);
        Assert.All(declared.Values, type => Assert.NotEmpty(type.Attributes));
        Assert.Equal(["name", "min", "max"], declared["final_metric"].Attributes);
        Assert.Equal(13, declared["alarms"].Attributes.Count);
        Assert.Equal(("map", "list"), (declared["teams"].Collection, declared["instance_fallbacks"].Collection));
    }

    [Theory]
    [InlineData("alarms = { email = [\"a@example.com\"] }", "email", "emails")]
    [InlineData("teams = { research = { usd_per_months = 10 } }", "usd_per_months", "usd_per_month")]
    [InlineData("instance_fallbacks = [{ instance_type = \"ml.g5.xlarge\" }, { instance_typ = \"ml.g6.xlarge\" }]", "instance_typ", "instance_type")]
    [InlineData("final_metric = { name = \"train:loss\", maximum = 1 }", "maximum", "")]
    public void Given_AMistypedAttribute_When_Checked_Then_ItIsRefusedWithTheNearest(string file, string attribute, string near)
    {
        var exception = Assert.Throws<PipelineException>(() => Check(file));

        Assert.Equal(TerraformErrors.UndeclaredVariable, exception.Code);
        Assert.Contains($"'{attribute}'", exception.Message, StringComparison.Ordinal);
        Assert.Equal(near.Length > 0, exception.Message.Contains($"Did you mean {near}?", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("alarms = {}")]
    [InlineData("alarms = null")]
    [InlineData("teams = { max_node = { max_nodes = 2 } }")]
    [InlineData("alarms = \"text\"")]
    [InlineData("alarms = { email =")]
    public void Given_NoUnknownAttribute_When_Checked_Then_TerraformJudgesTheRest(string file) => Check(file);

    [Fact]
    public void Given_AMistypedAttributeOfAnOption_When_Checked_Then_ItIsRefused() =>
        Assert.Throws<PipelineException>(() => Check("alarms = {}", "alarms={heartbeat=3}"));

    private void Check(string text, params string[] variables)
    {
        var file = _folder.Write("a.tfvars", text);
        ObjectAttributes.Check(new TerraformEnvironment
        {
            Name = "own", ModuleFolder = Module, DataFolder = _folder.Root, VariableFiles = [file], Variables = variables, AccountVariables = () => new Dictionary<string, string>(),
        });
    }
}
