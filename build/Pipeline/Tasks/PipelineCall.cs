using BuildPipeline.Cli;
using BuildPipeline.Runs;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>What every flow needs: the command line, the run that this call works on, the terminal and the clock.</summary>
/// <param name="Options">The command line.</param>
/// <param name="Session">The run.</param>
/// <param name="Hints">Writes suggested commands.</param>
/// <param name="Console">The terminal.</param>
/// <param name="Time">The clock of this machine.</param>
public sealed record PipelineCall(PipelineOptions Options, RunSession Session, CommandHints Hints, IAnsiConsole Console, TimeProvider Time)
{
    /// <summary>The run, where the target cannot do without.</summary>
    public RunRecord Run => Session.Run;
}
