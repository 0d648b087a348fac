using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;

namespace BuildPipeline.Pipeline.Tests.Packages;

/// <summary>What the pipeline relies on in Cake.Frosting, published or bundled.</summary>
public sealed class FrostingHostTests
{
    private readonly SampleHost _host = new();

    private List<string> Lines => _host.Diary.Lines;

    [Fact]
    public void Given_TasksThatDependOnEachOther_When_TheLastRuns_Then_EachRunsOnceInOrder()
    {
        Assert.Equal(0, _host.Run("--target=Sample-Pack", "--name=Cake", "--loud"));

        Assert.Equal(["restore", "compile Cake True", "pack"], Lines);
    }

    [Fact]
    public void Given_Exclusive_When_ATargetRuns_Then_ItsDependenciesDoNot()
    {
        Assert.Equal(0, _host.Run("--target=Sample-Compile", "--exclusive"));

        Assert.Equal(["compile  False"], Lines);
    }

    [Fact]
    public void Given_TwoTargets_When_Run_Then_BothRun()
    {
        Assert.Equal(0, _host.Run("-t", "Sample-Sign", "-t", "Sample-Restore"));

        Assert.Equal(["restore", "sign"], Lines.Order());
    }

    [Fact]
    public void Given_ATaskThatIsAddedByHand_When_Run_Then_ItNeedNotBePublic()
    {
        Assert.Equal(0, _host
            .Configure(host => host.ConfigureServices(services => services.AddSingleton<IFrostingTask, HiddenTask>()))
            .Run("--target=HiddenTask"));

        Assert.Equal(["hidden"], Lines);
    }

    [Fact]
    public void Given_ATargetNamedByItsClass_When_RunInAnotherCase_Then_ItRuns() => Assert.Equal(0, _host.Run("--target=sampleumbrellatask"));

    [Fact]
    public void Given_ATaskWithoutWork_When_Run_Then_ItsDependenciesDo()
    {
        Assert.Equal(0, _host.Run("--target=SampleUmbrellaTask"));

        Assert.Equal(["restore"], Lines);
    }

    [Theory]
    [InlineData("HiddenTask")]
    [InlineData("SampleForeignTask")]
    [InlineData("Default")]
    public void Given_ATaskThatIsNotDiscovered_When_Run_Then_TheTargetIsNotFound(string target)
    {
        Assert.Equal(1, _host.Run($"--target={target}"));

        Assert.Empty(Lines);
        Assert.Contains($"The target '{target}' was not found.", _host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_NoTarget_When_Run_Then_DefaultIsMeant()
    {
        Assert.Equal(1, _host.Run());

        Assert.Contains("'Default'", _host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_ATaskOfAnotherContext_When_AnyTargetRuns_Then_AWarningSpeaksOfTheContext()
    {
        Assert.Equal(0, _host.Run("--target=Sample-Sign"));

        Assert.Contains("context", _host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_ASkippedTarget_When_Run_Then_TheRunFails()
    {
        Assert.Equal(1, _host.Run("--target=SampleSkippedTask"));

        Assert.Empty(Lines);
        Assert.Contains("Could not reach target 'SampleSkippedTask'", _host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_ASkippedDependency_When_Run_Then_TheTargetRuns()
    {
        Assert.Equal(0, _host.Run("--target=SampleAfterSkippedTask"));

        Assert.Equal(["after skipped"], Lines);
    }

    // The engine wraps what a task throws, so the exit code of a CakeException does not get through.
    [Fact]
    public void Given_ATaskThatThrowsAnExitCode_When_Run_Then_TheRunEndsWith1AfterFinally()
    {
        Assert.Equal(1, _host.Run("--target=SampleAfterFailingTask"));

        Assert.Equal(["finally"], Lines);
        Assert.Contains("The sample fails.", _host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_OnErrorThatReturns_When_TheTaskFails_Then_TheRunSucceeds()
    {
        Assert.Equal(0, _host.Configure(host => host.UseLifetime<SampleLifetime>()).Run("--target=SampleSwallowingTask"));

        Assert.Equal(["setup SampleSwallowingTask", "swallowed Nobody hears of this.", "teardown True True"], Lines);
    }

    [Fact]
    public void Given_OnErrorThatThrows_When_TheTaskFails_Then_TheRunFails() => Assert.Equal(1, _host.Run("--target=SampleRethrowingTask"));

    [Fact]
    public void Given_ALifetime_When_ATaskFails_Then_TheSameInstanceIsTornDownWithTheFailure()
    {
        Assert.Equal(1, _host.Configure(host => host.UseLifetime<SampleLifetime>()).Run("--target=SampleFailingTask"));

        Assert.Equal(["setup SampleFailingTask", "finally", "teardown True False The sample fails."], Lines);
    }

    [Fact]
    public void Given_DryRun_When_ATargetRuns_Then_OnlyTheLifetimeDoes()
    {
        Assert.Equal(0, _host.Configure(host => host.UseLifetime<SampleLifetime>()).Run("--target=Sample-Compile", "--dryrun"));

        Assert.Equal(["setup Sample-Compile", "teardown True True"], Lines);
        Assert.Contains("1. Sample-Restore", _host.Output, StringComparison.Ordinal);
        Assert.Contains("2. Sample-Compile", _host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_Tree_When_Asked_Then_DependenciesAreIndentedAndNothingRuns()
    {
        Assert.Equal(0, _host.Configure(host => host.UseLifetime<SampleLifetime>()).Run("--tree"));

        Assert.Empty(Lines);
        Assert.Matches(@"Sample-Pack\s+└─Sample-Compile\s+└─Sample-Restore", _host.Output);
    }

    [Fact]
    public void Given_Description_When_Asked_Then_TasksAreListed()
    {
        Assert.Equal(0, _host.Run("--description"));

        Assert.Empty(Lines);
        Assert.Matches(@"Sample-Compile.*Compiles the sample\.", _host.Output);
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("--info")]
    public void Given_AQuestionAboutTheHost_When_Asked_Then_NoTaskRuns(string question)
    {
        Assert.Equal(0, _host.Run(question, "--target=Sample-Sign"));

        Assert.Empty(Lines);
        Assert.NotEmpty(_host.Output.Trim());
    }

    [Theory]
    [InlineData("--verbosity=loud")]
    [InlineData("stray")]
    public void Given_ACommandLineThatCannotBeRead_When_Run_Then_TheCodeIsNegative(string argument)
    {
        Assert.Equal(-1, _host.Run("--target=Sample-Sign", argument));

        Assert.Empty(Lines);
    }

    [Fact]
    public void Given_QuietVerbosity_When_ATargetRuns_Then_NothingIsLogged()
    {
        Assert.Equal(0, _host.Run("--target=Sample-Sign", "-v", "q"));

        Assert.Equal(["sign"], Lines);
        Assert.DoesNotContain("context", _host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_AWorkingDirectoryThatIsMissing_When_Run_Then_ASentenceSaysSo()
    {
        Assert.Equal(1, _host.Configure(host => host.UseWorkingDirectory("/no/such/folder")).Run("--target=Sample-Sign"));

        Assert.Contains("/no/such/folder", _host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_ASettingOfTheHost_When_ATaskReadsIt_Then_ItIsThere()
    {
        Assert.Equal(0, _host
            .Configure(host => host.UseCakeSetting("Sample_Setting", "first").UseCakeSetting("Sample_Setting", "last").UseLifetime<SettingReader>())
            .Run("--target=Sample-Sign"));

        Assert.Equal(["setting last", "sign"], Lines);
    }
}
