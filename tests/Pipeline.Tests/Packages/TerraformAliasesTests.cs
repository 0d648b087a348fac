using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Cake.Terraform;
using Cake.Terraform.Apply;
using Cake.Terraform.Init;
using Cake.Terraform.Output;
using Cake.Terraform.Plan;
using Cake.Terraform.Show;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Packages;

/// <summary>The argument lists of Cake.Terraform 0.15.0, published or bundled, that the pipeline corrects.</summary>
public sealed class TerraformAliasesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("terraform-aliases-").FullName;
    private readonly ICakeContext _context = Substitute.For<ICakeContext>();
    private readonly IProcess _process = Substitute.For<IProcess>();
    private string _arguments = "";

    public TerraformAliasesTests()
    {
        var environment = Substitute.For<ICakeEnvironment>();
        environment.WorkingDirectory.Returns(_folder);
        var terraform = System.IO.Path.Combine(_folder, "terraform");
        File.WriteAllText(terraform, "");
        var tools = Substitute.For<IToolLocator>();
        tools.Resolve(Arg.Any<string>()).Returns(terraform);
        tools.Resolve(Arg.Any<IEnumerable<string>>()).Returns(terraform);
        _context.Environment.Returns(environment);
        _context.FileSystem.Returns(new FileSystem());
        _context.Tools.Returns(tools);
        _context.ProcessRunner.Start(Arg.Any<FilePath>(), Arg.Any<ProcessSettings>()).Returns(call =>
        {
            _arguments = call.Arg<ProcessSettings>().Arguments.Render();
            return _process;
        });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Given_InitSettings_When_Run_Then_BooleansAreWrittenAsDotNetWritesThem()
    {
        _context.TerraformInit(new TerraformInitSettings
        {
            BackendConfigOverrides = new() { ["bucket"] = "my b" },
            ForceReconfigure = true,
            ForceCopy = true,
            Input = false,
            Backend = false,
        });

        Assert.Equal("init -backend-config \"bucket=my b\" -force-copy -reconfigure -input=False -backend=False", _arguments);
    }

    [Fact]
    public void Given_NoSettings_When_InitRuns_Then_OnlyTheCommandIsGiven()
    {
        _context.TerraformInit();

        Assert.Equal("init", _arguments);
    }

    [Fact]
    public void Given_NoSettings_When_PlanRuns_Then_TheOutFileIsEmpty()
    {
        _context.TerraformPlan();

        Assert.Equal("plan -out= -detailed-exitcode", _arguments);
    }

    [Fact]
    public void Given_AnOutFileWithASpace_When_PlanRuns_Then_ThePathIsNotQuoted()
    {
        _context.TerraformPlan(new TerraformPlanSettings { OutFile = "a b/tf.plan" });

        Assert.StartsWith("plan -out=a b/tf.plan", _arguments, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_DestroyAndVariables_When_PlanRuns_Then_DestroyComesFirst()
    {
        _context.TerraformPlan(new TerraformPlanSettings { OutFile = "tf.plan", Destroy = true, InputVariables = new() { ["a"] = "b" } });

        Assert.Equal("plan -out=tf.plan -detailed-exitcode -destroy -var \"a=b\"", _arguments);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(2, true)]
    public void Given_AnExitCode_When_PlanRuns_Then_ItSaysWhetherThereAreChanges(int exitCode, bool changes)
    {
        _process.GetExitCode().Returns(exitCode);

        Assert.Equal(changes, _context.TerraformPlan());
    }

    [Fact]
    public void Given_ExitCode1_When_PlanRuns_Then_ItThrows()
    {
        _process.GetExitCode().Returns(1);

        var exception = Assert.Throws<CakeException>(() => _context.TerraformPlan());
        Assert.Contains("Process returned an error (exit code 1)", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_APlanFileAndFlags_When_ApplyRuns_Then_TheFlagsFollowTheFile()
    {
        _context.TerraformApply(new TerraformApplySettings { Plan = "tf.plan", Input = false, AutoApprove = true, Destroy = true, Parallelism = 2 });

        Assert.Equal("apply -destroy -auto-approve \"tf.plan\" -parallelism=2 -input=False", _arguments);
    }

    [Theory]
    [InlineData(false, "-json")]
    [InlineData(true, "-raw")]
    public void Given_FormatAndAName_When_OutputRuns_Then_TheAnswerIsReturned(bool raw, string format)
    {
        _process.GetStandardOutput().Returns(["{", "}"]);

        var answer = _context.TerraformOutput(new TerraformOutputSettings { Json = true, Raw = raw, OutputName = "arn" });

        Assert.Equal($"output -no-color {format} arn", _arguments);
        Assert.Equal(["{", "}"], answer.Split('\n'));
    }

    [Fact]
    public void Given_NoSettings_When_ValidateRuns_Then_OnlyTheCommandIsGiven()
    {
        _context.TerraformValidate();

        Assert.Equal("validate", _arguments);
    }

    [Fact]
    public void Given_NoPlanFile_When_ShowRuns_Then_ItThrows() => Assert.ThrowsAny<Exception>(() => _context.TerraformShow());

    [Fact]
    public void Given_AnOutFileWithALongerText_When_ShowRuns_Then_ItHoldsOnlyTheAnswer()
    {
        var file = System.IO.Path.Combine(_folder, "plan.json");
        File.WriteAllText(file, new string('x', 1000));
        _process.GetStandardOutput().Returns(["{}"]);

        _context.TerraformShow(new TerraformShowSettings { PlanFile = "tf.plan", OutFile = file });

        Assert.Equal("show tf.plan -no-color", _arguments);
        Assert.Equal("{}", File.ReadAllText(file).TrimEnd());
    }

    [Fact]
    public void Given_ArgumentCustomization_When_ApplyRuns_Then_ItReplacesTheArguments()
    {
        _context.TerraformApply(new TerraformApplySettings
        {
            Plan = "tf.plan",
            Input = false,
            ArgumentCustomization = _ => new ProcessArgumentBuilder().Append("apply").Append("-input=false").AppendQuoted("a b/tf.plan"),
        });

        Assert.Equal("apply -input=false \"a b/tf.plan\"", _arguments);
    }
}
