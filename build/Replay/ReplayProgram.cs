using System.Globalization;
using BuildPipeline.Cli;
using BuildPipeline.Hosting;
using BuildPipeline.Spot;
using BuildPipeline.Terminal;
using Spectre.Console;

namespace BuildPipeline.Replay;

/// <summary>The Replay target, in its own process: the pipeline loads neither it nor what draws.</summary>
public sealed class ReplayProgram(PipelineOptions options, IAnsiConsole console, TimeProvider time)
{
    // Loading a model onto fresh nodes; the sweep has no jobs that would say.
    private const double SweepRestartSeconds = 360;

    private string Policy => options.Policy ?? MarketPolicies.Default;

    /// <summary>Does what the command line asks for and returns the documented exit code.</summary>
    /// <param name="arguments">The options of the Replay target.</param>
    /// <param name="output">Gets all output.</param>
    public static int Run(IReadOnlyList<string> arguments, IAnsiConsole output) => EntryPoint.Report(output, console =>
    {
        new ReplayProgram(EntryPoint.Read(arguments, ["Replay"]), console, TimeProvider.System).Run();
        return (int)ExitCode.Done;
    });

    /// <summary>Writes the results of the jobs and compares the policies, sweeps checkpoint intervals, draws cost against slack: whatever the options ask for.</summary>
    /// <exception cref="PipelineException">An option is missing, or a file is not what it should be.</exception>
    public void Run()
    {
        var traces = SpotTraceReader.ReadFolder(options.Traces ?? throw Missing("--traces=DIR"));
        if (options.SweepCheckpoints is { } stalls)
        {
            ReplayView.ShowSweep(console, [.. traces.Values.SelectMany(
                trace => stalls.Select(stall => CheckpointSweep.Run(trace, stall, SweepRestartSeconds)))]);
        }

        if (options.Plot is { } plot)
        {
            ReplayFiles.RequireWritable(plot, "--plot");
            ReplayFiles.Create(plot, "--plot", () => SlackPlot.Save(plot, SlackSweep.Run(traces.Values)));
            console.Done($"Cost against slack: {plot}");
        }

        if ((options.SweepCheckpoints is null && options.Plot is null) || options.Jobs is not null)
        {
            Replay(traces, options.Jobs ?? throw Missing("--jobs=FILE"), options.Out ?? throw Missing("--out=FILE"));
        }
    }

    private void Replay(IReadOnlyDictionary<string, SpotTrace> traces, string jobs, string result)
    {
        var cases = ReplayFiles.ReadJobs(jobs, traces);
        ReplayFiles.RequireWritable(result, "--out");
        var begin = time.GetTimestamp();
        ReplayFiles.Write(result, ReplayRunner.Replay(cases, Policy));
        var replayed = time.GetElapsedTime(begin);
        ReplayView.ShowScores(console, ReplayRunner.Compare(cases), cases.Count);
        var total = time.GetElapsedTime(begin);
        console.Done(string.Create(
            CultureInfo.InvariantCulture,
            $"Replayed {Counted.Format(cases.Count, "job")} under {Policy} with forecasts in {replayed.TotalSeconds:0.0} s, {cases.Count / replayed.TotalSeconds:0} jobs/s; {total.TotalSeconds:0.0} s with the other policies and the bound. Results: {result}"));
    }

    private static PipelineException Missing(string option) => new(
        ReplayErrors.MissingOption, $"Replay needs {option}. Give --traces=DIR --jobs=FILE --out=FILE, or --traces=DIR with --sweep-checkpoints=2,20,120 or --plot=FILE.svg.");
}
