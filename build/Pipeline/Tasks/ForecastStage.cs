using BuildPipeline.Cli;
using BuildPipeline.Costing;
using BuildPipeline.Prices;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Shows the planned work on other instance types, markets and numbers of nodes; decides nothing.</summary>
public sealed class ForecastStage(PipelineOptions options, RunSession session, PriceReader prices, MeasuredStall stall, Forecaster forecaster, IAnsiConsole console)
{
    /// <summary>File of the run with every row.</summary>
    public const string File = "forecast.json";

    /// <summary>Compares and shows.</summary>
    /// <exception cref="PipelineException">The job's instance type cannot be compared (exit code 2).</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // It decides nothing, so it may compare under other terms than the run's.
        var terms = RecordedTerms.TermsOf(session.Run);
        terms = new(options.Policy ?? terms.Policy, options.Deadline?.TotalHours ?? terms.DeadlineHours);
        var job = JobEnvelope.WithDeadline(session.Run.Job!, terms);
        var snapshot = stall.AddTo(await prices.ReadAsync(job.Region, forecaster.Comparable(job), cancellationToken), session.Run.Environment, job);
        var deadline = JobEnvelope.Due(job);
        var rows = forecaster.Compare(job, snapshot, deadline, terms.Policy);
        session.Store.WriteJson(session.Run.RunId, File, new { Deadline = deadline, Work = JobAssumptions.Work(job, snapshot), Rows = rows, Prices = snapshot });
        ForecastView.Show(console, rows, JobAssumptions.Work(job, snapshot), deadline, job.DeadlineHours is not null, snapshot.Notes);
    }
}
