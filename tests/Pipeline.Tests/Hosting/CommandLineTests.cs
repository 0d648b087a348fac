using BuildPipeline.Cli;
using BuildPipeline.Hosting;
using BuildPipeline.Tasks;

namespace BuildPipeline.Pipeline.Tests.Hosting;

public sealed class CommandLineTests : IDisposable
{
    private static readonly string[] Known = ["Apply", "Approve", "Cleanup", "Compare", "CostGate", "Freeze", "History", "Launch", "Status", "Stop", "Plan", "Test"];

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("command-line-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Given_NoArguments_When_Read_Then_HelpIsAskedFor() => Assert.True(Read().Help);

    [Theory]
    [InlineData("--target=Launch")]
    [InlineData("--target=launch")]
    [InlineData("--target", "Launch")]
    [InlineData("-t", "Launch")]
    public void Given_ATarget_When_Read_Then_ItsOwnSpellingIsTaken(params string[] arguments)
    {
        var options = Read(arguments);

        Assert.Equal("Launch", options.Target);
        Assert.Contains("--target=Launch", options.CakeArguments);
        Assert.False(options.Help);
    }

    [Theory]
    [InlineData("Tier!=all")]
    [InlineData(null, "--tier=all")]
    [InlineData("Tier!=all", "--tier=default")]
    [InlineData("(A|B)&Tier!=all", "--filter=A|B")]
    [InlineData("A|B", "--filter=A|B", "--tier=ALL")]
    public void Given_ATier_When_TestsAreFiltered_Then_OnlyAllHasTheResearchRuns(string? filter, params string[] arguments) =>
        Assert.Equal(filter, TestTask.Filter(Read(["--target=Test", .. arguments])));

    [Theory]
    [InlineData("--target=Lanch", "Did you mean Launch?")]
    [InlineData("--taget=Launch", "Did you mean --target?")]
    [InlineData("Launch", "Unexpected argument 'Launch'")]
    [InlineData("--target", "needs a value")]
    [InlineData("--dryrun=maybe", "takes no value")]
    [InlineData("--environment=a --environment=b", "more than once")]
    [InlineData("--environment=../prod", "is not a valid environment name")]
    [InlineData("--assume-role=launch", "is not the ARN of a role")]
    [InlineData("--var=count", "form NAME=VALUE")]
    [InlineData("--var-file=nowhere.tfvars", "does not exist")]
    [InlineData("--approve=abc", "is not a valid digest")]
    [InlineData("--target=Launch --adopt=job", "only applies to the targets Status, Summary, Validate")]
    [InlineData("--target=Status --adopt=job --offline", "cannot be combined")]
    [InlineData("--target=Status --adopt=job --run=latest", "cannot be combined")]
    [InlineData("--target=Status --adopt=a_b", "is not the name of a training job")]
    [InlineData("--target=Freeze", "needs a reason")]
    [InlineData("--target=Freeze --why=two\nlines", "must be one line")]
    [InlineData("--target=Freeze --why=x\u2028y", "must be one line")]
    [InlineData("--target=Freeze --why=x\u202ey", "must be one line")]
    [InlineData("--target=Launch --why=x", "only applies to the targets Freeze and Unfreeze")]
    [InlineData("--target=Launch --team=research", "only applies to the targets Freeze, Unfreeze and History")]
    [InlineData("--target=Stop --team=research", "and to Stop with --all")]
    [InlineData("--target=Stop --all --team=../x", "is not a valid team name")]
    [InlineData("--target=Status --month=2026-11", "only applies to the target History")]
    [InlineData("--target=History --month=2026-13", "form YYYY-MM")]
    [InlineData("--target=Launch --output=json", "only applies to the targets Compare, History, Status")]
    [InlineData("--target=Status --output=xml", "must be text or json")]
    [InlineData("--target=Status --run=latest --run=latest", "more than once")]
    [InlineData("--target=Compare --run=latest", "needs two runs")]
    [InlineData("--target=Freeze --why=x --team=../x", "is not a valid team name")]
    [InlineData("--target=Launch --all", "only applies to the target Stop")]
    [InlineData("--target=Stop --all --run=latest", "not together with --run")]
    [InlineData("--port=70000", "must be a whole number")]
    [InlineData("--verbosity=loud", "The levels are quiet")]
    [InlineData("--verbosity=normale", "Did you mean normal?")]
    [InlineData("--tier=most", "must be default or all")]
    [InlineData("--wait=soon", "is not a valid duration")]
    [InlineData("--deadline=0s", "from 1s to 1000h")]
    [InlineData("--deadline=-1h", "is not a valid duration")]
    [InlineData("--deadline=1e308s", "is not a valid duration")]
    [InlineData("--deadline=99999999999999999999h", "from 1s to 1000h")]
    [InlineData("--wait=0m", "from 1s to 1000h")]
    [InlineData("--wait=1001h", "from 1s to 1000h")]
    [InlineData("--interruptions=99999999999999999999s", "must be a number up to 20")]
    [InlineData("--interruptions=checkpoint:99999999999", "must be a number up to 20")]
    [InlineData("--sweep-checkpoints=0", "must be a list of seconds")]
    [InlineData("--sweep-checkpoints=99999999999999999999", "must be a list of seconds")]
    [InlineData("--github-repository=owner", "form OWNER/NAME")]
    [InlineData("--interruptions=checkpoint", "must be a number up to 20")]
    [InlineData("--plot=cost.jpg", "must be a .svg or .png file")]
    [InlineData("--plot=cost", "must be a .svg or .png file")]
    public void Given_SomethingThatIsNotValid_When_Read_Then_OneSentenceSaysWhat(string line, string sentence)
    {
        var exception = Assert.Throws<PipelineException>(() => Read(line.Split(' ')));

        Assert.Equal(ExitCode.BadConfiguration, exception.ExitCode);
        Assert.Contains(sentence, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_RepeatedVariables_When_Read_Then_TheirOrderStays()
    {
        var options = Read("--var=a=1", "--var=b=x=y", "--var", "c=");

        Assert.Equal(["a=1", "b=x=y", "c="], options.Variables);
    }

    [Fact]
    public void Given_TwoRuns_When_ReadForCompare_Then_TheirOrderStays()
    {
        var options = Read("--target=Compare", "--run=latest", "--run=20260131-120000-1a2b", "--output=JSON");

        Assert.Equal(["latest", "20260131-120000-1a2b"], options.ComparedRuns);
        Assert.Equal((null, true), (options.RunId, options.Json));
    }

    [Fact]
    public void Given_RelativePaths_When_Read_Then_EachStartsAtTheRepository()
    {
        File.WriteAllText(Path.Combine(_root.FullName, "small.tfvars"), "");

        var options = Read("--var-file=small.tfvars", "--artifacts=a/b", "--sandbox-state=./s", "--traces=t", "--jobs=j.json", "--out=o.json", "--plot=p.svg");

        Assert.Equal(
            ((string[])["small.tfvars", "a/b", "s", "t", "j.json", "o.json", "p.svg"]).Select(path => Path.Combine(_root.FullName, path)),
            [.. options.VariableFiles, options.ArtifactsFolder, options.SandboxState, options.Traces!, options.Jobs!, options.Out!, options.Plot!]);
        Assert.Equal((Path.Combine(_root.FullName, "artifacts"), Path.Combine(_root.FullName, ".sandbox")), (Read().ArtifactsFolder, Read().SandboxState));
    }

    [Theory]
    [InlineData("0", "")]
    [InlineData("3", "checkpoint:2 checkpoint:4 checkpoint:6")]
    [InlineData("checkpoint:1,8s", "checkpoint:1 8s")]
    public void Given_Interruptions_When_Read_Then_TheyAreASchedule(string text, string schedule) =>
        Assert.Equal(schedule, string.Join(' ', Read($"--interruptions={text}").Interruptions!));

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("30m", 1800)]
    [InlineData("5h", 18000)]
    public void Given_AWait_When_Read_Then_ItIsADuration(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Read($"--wait={text}").Wait);

    [Fact]
    public void Given_TheTasks_When_Listed_Then_EachIsDescribedAndEachOptionNamesTargetsThatExist()
    {
        Assert.All(Targets.All, target => Assert.NotEmpty(target.Description));
        var names = Targets.All.Select(target => target.Name).ToHashSet();
        Assert.All(OptionCatalog.All.SelectMany(option => option.Targets), name => Assert.Contains(name, names));
    }

    private PipelineOptions Read(params string[] arguments) => CommandLine.Read(arguments, Known, _root.FullName);
}
