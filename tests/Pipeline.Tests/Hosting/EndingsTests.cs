using System.Runtime.InteropServices;
using System.Text.Json;
using BuildPipeline.Accounts;
using BuildPipeline.Cli;
using BuildPipeline.Hosting;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using BuildPipeline.Tasks;
using BuildPipeline.Watching;
using Spectre.Console.Testing;

namespace BuildPipeline.Pipeline.Tests.Hosting;

public sealed class EndingsTests
{
    private static readonly AwsConnection Connection = new PublicConnection("us-east-1");

    public static TheoryData<Exception, string, string> Local => new()
    {
        { new FileNotFoundException("Could not find file '/r/plan.tfplan'.", "/r/plan.tfplan"), "BP1901", "/r/plan.tfplan" },
        { new DirectoryNotFoundException("Could not find a part of the path '/r/x'."), "BP1902", "/r/x" },
        { new UnauthorizedAccessException("Access to the path '/ro/a' is denied."), "BP1903", "/ro/a" },
        { new IOException("No space left on device : '/full/a'", 28), "BP1904", "/full/a" },
        { new IOException("The process cannot access the file '/r/a'."), "BP1905", "/r/a" },
        { new JsonException("'x' is an invalid start of a value."), "BP1906", "'x'" },
        { new System.ComponentModel.Win32Exception(2, "An error occurred trying to start process 'git'"), "BP1907", "git" },
        { new InvalidOperationException("Nullable object must have a value."), "BP1908", "Unexpected error (InvalidOperationException)" },
    };

    [Theory]
    [MemberData(nameof(Local))]
    public void Given_AFailureOfThisMachine_When_Described_Then_ItIsNotAnErrorOfAws(Exception exception, string id, string named)
    {
        var failure = ExceptionTranslator.Describe(new AggregateException(exception), Connection)!;

        Assert.Equal(id, failure.Code.Id);
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("AWS", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_AnAnswerThatBreaksOff_When_Described_Then_ItIsTheNetwork() =>
        Assert.Contains("AWS in us-east-1", ExceptionTranslator.Describe(new HttpIOException(HttpRequestError.ResponseEnded, "ended"), Connection)!.Message, StringComparison.Ordinal);

    [Fact]
    public void Given_SignalsThatCome_When_Counted_Then_TheThirdKills()
    {
        using var signals = new ShutdownSignals();

        Assert.True(signals.Receive(PosixSignal.SIGTERM));
        Assert.True(signals.Token.IsCancellationRequested);
        Assert.True(signals.Receive(PosixSignal.SIGTERM));
        Assert.False(signals.Receive(PosixSignal.SIGTERM));
        signals.Rearm();
        Assert.False(signals.Token.IsCancellationRequested);
        Assert.True(signals.Receive(PosixSignal.SIGINT));
        Assert.Equal("SIGINT", signals.Name);
    }

    [Fact]
    public void Given_ASignalThatIsStillBeingHandled_When_TheNextIsAwaited_Then_ItsTokenStaysUsable()
    {
        using var signals = new ShutdownSignals();
        var first = signals.Token;
        signals.Receive(PosixSignal.SIGINT);

        signals.Rearm();

        Assert.True(first.WaitHandle.WaitOne(0));
        Assert.False(signals.Token.IsCancellationRequested);
    }

    [Theory]
    [InlineData(RunStage.Planned, false, false)]
    [InlineData(RunStage.Approved, true, true)]
    [InlineData(RunStage.Applied, true, true)]
    public void Given_ARunThatASignalInterrupts_When_Described_Then_TheCommandNamesItOnceItsApplyHasStarted(RunStage stage, bool applyStarted, bool namesTheRun)
    {
        using var signals = new ShutdownSignals();
        signals.Receive(PosixSignal.SIGINT);
        var run = TestRuns.Run with { Attempts = [], Stage = stage, ApplyStartedAt = applyStarted ? Sample.Noon : null };
        var options = CommandLine.Read(["--target=Apply"], ["Apply"], Path.GetTempPath());
        var endings = new Endings(options, signals, Sample.Hints, new ExitCodeHolder(), new TestConsole());

        var end = endings.Describe(new OperationCanceledException(), run, connection: null)!;

        Assert.Equal("BP1910", end.Code.Id);
        Assert.Contains("--target=Apply", end.Message, StringComparison.Ordinal);
        Assert.Equal(namesTheRun, end.Message.Contains($"--run={run.RunId}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--accept-running", "BP2501", ExitCode.Done)]
    [InlineData("--accept-running", "BP2502", ExitCode.StillRunning)]
    [InlineData("--parallel=2", "BP2501", ExitCode.StillRunning)]
    public void Given_ARunThatIsLeftOpen_When_TheCallerAcceptsThat_Then_OnlyThatIsSuccess(string option, string id, ExitCode code)
    {
        using var signals = new ShutdownSignals();
        var options = CommandLine.Read(["--target=Watch", option], ["Watch"], Path.GetTempPath());
        var endings = new Endings(options, signals, Sample.Hints, new ExitCodeHolder(), new TestConsole());

        Assert.Equal(code, endings.CodeOf(new PipelineException(id == WatchErrors.StillOpen.Id ? WatchErrors.StillOpen : WatchErrors.NotKnown, "open")));
    }

    [Fact]
    public void Given_AnInterruptedTask_When_Described_Then_ItSaysWhatWasDoneAndHowToContinue()
    {
        using var signals = new ShutdownSignals();
        var canceled = new AggregateException(new OperationCanceledException("terraform apply has ended.", new TimeoutException()));
        Assert.False(SignalEnd.IsOf(canceled, signals));
        signals.Receive(PosixSignal.SIGTERM);

        Assert.True(SignalEnd.IsOf(canceled, signals));
        Assert.False(SignalEnd.IsOf(new PipelineException(HostingErrors.Unexpected, "no"), signals));
        var end = SignalEnd.Describe(canceled, "SIGTERM", run: null, "./build.sh --target=Apply");
        Assert.Equal("BP1910", end.Code.Id);
        Assert.All(["SIGTERM", "terraform apply has ended.", "./build.sh --target=Apply"], text => Assert.Contains(text, end.Message, StringComparison.Ordinal));
    }
}
