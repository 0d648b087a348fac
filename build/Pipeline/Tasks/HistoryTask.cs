using BuildPipeline.History;
using BuildPipeline.Reporting;
using BuildPipeline.Terminal;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Lists the runs of the environment.</summary>
[TaskName("History")]
[TaskDescription("Lists the runs of the environment, wherever they were started, with totals by team and month.")]
public sealed class HistoryTask(PipelineCall call, EnvironmentHistory history, JobInspection inspection, DocumentOutput output) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => ListAsync(context.Cancellation);

    /// <summary>Lists them. Nothing changes but the index, which is made from the logs.</summary>
    /// <exception cref="PipelineException">The state bucket cannot be reached.</exception>
    public async Task ListAsync(CancellationToken cancellationToken)
    {
        var options = call.Options;
        var reading = await call.Console.RunWithStatusAsync("read the runs", () => history.ReadAsync(options.Month, cancellationToken, inspection.GlanceAsync));
        List<HistoryEntry> runs =
        [
            .. reading.Runs.Where(run => options.Team is null || run.Team == options.Team)
                .Select(run => run with { Next = RunContinuation.Command(call.Hints, run.NextStep, run.RunId, run.JobFile, run.TrainingJob) }),
        ];
        var document = new HistoryDocument
        {
            Environment = options.Environment,
            Team = options.Team,
            Month = options.Month,
            Runs = runs,
            Totals = HistoryTotal.From(runs),
            Unreadable = reading.Unreadable,
        };
        if (options.Json)
        {
            output.Write(document);
        }
        else
        {
            HistoryView.Show(call.Console, document);
        }
    }
}
