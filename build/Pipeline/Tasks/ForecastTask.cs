using BuildPipeline.Costing;
using BuildPipeline.Prices;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Compares the cost of the planned work on other instance types, markets and node counts.</summary>
[TaskName("Forecast")]
[TaskDescription("Compares the cost of the planned work on other instance types, markets and node counts.")]
[IsDependentOn(typeof(PlanTask))]
public sealed class ForecastTask(
    PipelineCall call, PriceReader prices, MeasuredStall stall, Forecaster forecaster)
    : AsyncFrostingTask<PipelineContext>
{
    /// <summary>File of the run with every row.</summary>
    public const string File = "forecast.json";

    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => CompareAsync(context.Cancellation);

    /// <summary>Compares and shows.</summary>
    /// <exception cref="PipelineException">The job's instance type cannot be compared (exit code 2).</exception>
    public async Task CompareAsync(CancellationToken cancellationToken)
    {
        // It decides nothing, so it may compare under other terms than the run's.
        var terms = call.Run.TermsWith();
        terms = new(call.Options.Policy ?? terms.Policy, call.Options.Deadline?.TotalHours ?? terms.DeadlineHours);
        var job = JobSimulation.WithDeadline(call.Run.Job!, terms);
        var snapshot = stall.AddTo(await prices.ReadAsync(job.Region, forecaster.Comparable(job), cancellationToken), call.Run.Environment, job);
        var deadline = JobSimulation.Deadline(job);
        var rows = forecaster.Compare(job, snapshot, deadline, terms.Policy);
        call.Session.Store.WriteJson(call.Run.RunId, File, new { DeadlineHours = deadline.TotalHours, Work = JobAssumptions.Work(job, snapshot), Rows = rows, Prices = snapshot });
        ForecastView.Show(call.Console, rows, JobAssumptions.Work(job, snapshot), deadline, job.DeadlineHours is not null, snapshot.Notes);
    }
}
