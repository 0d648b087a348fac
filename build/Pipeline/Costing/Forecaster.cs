using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using BuildPipeline.Spot;

namespace BuildPipeline.Costing;

/// <summary>The same work on other instance types, markets and numbers of nodes.</summary>
/// <remarks>
/// Throughput is accelerators x dense half-precision teraflops of the data sheets x a share for each doubling of the nodes: it ranks
/// hardware, and knows nothing of a program that waits for data, memory or network. Hardware without such a figure is left out, and so
/// is hardware with less memory to an accelerator than the job has now, where its model may not fit.
/// </remarks>
public sealed class Forecaster(PriceBook priceBook)
{
    /// <summary>Numbers of nodes that are compared.</summary>
    public static readonly IReadOnlyList<int> NodeCounts = [1, 2, 4, 8];

    private static readonly bool[] Markets = [true, false];

    /// <summary>Instance types that can be compared with the job's, its own included.</summary>
    /// <exception cref="PipelineException">The job's own has no figure to compare by (exit code 2).</exception>
    public IReadOnlyList<string> Comparable(TrainingJobSpec job)
    {
        var own = priceBook.AcceleratorsOf(job.InstanceType) ?? throw new PipelineException(
            CostingErrors.NothingToCompare, $"{job.InstanceType} has no accelerator with a known throughput, so it cannot be compared. Set instance_type to a GPU type.");
        return [.. priceBook.InstanceTypes.Where(type => priceBook.AcceleratorsOf(type) is { } other && other.Kind.MemoryGb >= own.Kind.MemoryGb)];
    }

    /// <summary>All ways whose price is known, the cheapest first.</summary>
    /// <param name="job">The job as it is configured.</param>
    /// <param name="prices">The prices of all comparable types.</param>
    /// <param name="deadline">Time from submission by which it has to be done.</param>
    /// <param name="policy">Name of the policy that keeps a deadline of the job's own.</param>
    public IReadOnlyList<ForecastRow> Compare(TrainingJobSpec job, PriceSnapshot prices, TimeSpan deadline, string policy = MarketPolicies.Default)
    {
        var ways =
            from type in Comparable(job)
            where prices[type].Value is not null
            from nodes in NodeCounts.Append(job.InstanceCount).Distinct()
            from spot in Markets
            select Row(job with { InstanceType = type, InstanceCount = nodes, UseSpotInstances = spot }, prices, Speedup(job, type, nodes, prices), deadline, policy)
                with { Chosen = type == job.InstanceType && nodes == job.InstanceCount && spot == job.UseSpotInstances };
        return [.. ways.OrderBy(row => row.Expected).ThenBy(row => row.Finish)];
    }

    /// <summary>Throughput of nodes over that of the job's own.</summary>
    public double Speedup(TrainingJobSpec job, string instanceType, int nodes, PriceSnapshot prices)
    {
        var scaling = (double)prices[PriceNames.NodeScaling].Value!.Value;
        return Throughput(instanceType, nodes, scaling) / Throughput(job.InstanceType, job.InstanceCount, scaling);
    }

    /// <summary>A running time on other nodes. Loading image, data and model does not get faster.</summary>
    /// <param name="own">The time on the job's own nodes.</param>
    /// <param name="speedup">Throughput of the other nodes over that of its own.</param>
    /// <param name="prices">The assumptions.</param>
    public static TimeSpan RunningTime(TimeSpan own, double speedup, PriceSnapshot prices) =>
        JobAssumptions.Restart(prices) is var restart && restart < own ? restart + ((own - restart) / speedup) : own;

    // Nothing is stopped short here: a way that would need longer than the job may run shows that by its finish and its risk.
    private static ForecastRow Row(TrainingJobSpec job, PriceSnapshot prices, double throughput, TimeSpan deadline, string policy)
    {
        var inputs = JobSimulation.InputsOf(job, prices, policy);
        TimeSpan Here(TimeSpan there) => RunningTime(there, throughput, prices);
        var work = Here(inputs.Work);
        var patience = 10 * (deadline + work);
        var simulation = CostSimulation.Run(inputs with { Work = work, MaxRuntime = patience, MaxWait = patience, Deadline = deadline, Move = inputs.Move is { } move ? move with { BelievedWork = Here(move.BelievedWork) } : null });
        var rate = new Usd(prices[job.InstanceType].Value!.Value) * job.InstanceCount;
        Usd Cost(TimeSpan billable) => rate * (billable.Ticks / (decimal)TimeSpan.TicksPerHour);
        return new ForecastRow
        {
            InstanceType = job.InstanceType,
            Nodes = job.InstanceCount,
            Spot = job.UseSpotInstances,
            Throughput = throughput,
            Expected = Cost(simulation.ExpectedBillable),
            P90 = Cost(simulation.P90Billable),
            Finish = TimeSpan.FromSeconds(simulation.Time.FinishSeconds),
            DeadlineRisk = simulation.Time.DeadlineRisk,
            Chosen = false,
        };
    }

    private double Throughput(string type, int nodes, double scaling) => priceBook.AcceleratorsOf(type) is { } own
        ? own.Count * (double)own.Kind.Teraflops * nodes * Math.Pow(scaling, Math.Log2(nodes))
        : 0;
}
