using BuildPipeline.Runs;

namespace BuildPipeline.Spot;

/// <summary>What a deadline is kept with.</summary>
/// <param name="StartedAt">When the first job was intended.</param>
/// <param name="DeadlineAt">When the training has to be done.</param>
/// <param name="ExpectedWork">Training time without interruptions, believed until the run has measured it.</param>
/// <param name="ExpectedRestart">Time from a start to the first step, believed until the run has measured it.</param>
/// <param name="SpotPriceRatio">Spot price over on-demand price, 0 to 1.</param>
/// <param name="Tick">Between two looks.</param>
public sealed record DeadlineTerms(
    DateTimeOffset StartedAt, DateTimeOffset DeadlineAt, TimeSpan ExpectedWork, TimeSpan ExpectedRestart, double SpotPriceRatio, TimeSpan Tick);

/// <summary>One look at the run's job.</summary>
/// <param name="OnNodes">True while the nodes are held: downloading, training or uploading.</param>
/// <param name="Step">Last step that this job reported.</param>
/// <param name="TotalSteps">Steps of the whole training, once known.</param>
/// <param name="SafeStep">Step of the newest complete checkpoint.</param>
public sealed record JobLook(DateTimeOffset At, Market Market, bool OnNodes, int? Step, int? TotalSteps, int? SafeStep);

/// <summary>Turns looks at a job into a policy's observations, measuring restart time and speed on the way, and says when to move.</summary>
public sealed class DeadlineWatch(IMarketPolicy policy, DeadlineTerms terms)
{
    private readonly AvailabilityHistory _history = new(terms.Tick.TotalHours);
    private TimeSpan? _restart;
    private DateTimeOffset? _heldSince;
    private (DateTimeOffset At, int Step)? _firstStep;
    private double? _stepsPerHour;

    /// <summary>Time from a start to the first step: the longest measured, until then the believed one.</summary>
    public TimeSpan Restart => _restart ?? terms.ExpectedRestart;

    /// <summary>The market for the time until the next look.</summary>
    /// <remarks>
    /// Idle and spot are the same managed spot job, which waits or runs as capacity allows; only on-demand is another job.
    /// Whether spot is up cannot be seen from an on-demand job, so it is taken as down: there is no way back (docs/spot.md).
    /// </remarks>
    public Market Observe(JobLook look)
    {
        Measure(look);
        var spotUp = look is { Market: Market.Spot, OnNodes: true };
        _history.Observe(spotUp);
        var work = Work(look);
        var observation = new MarketObservation(
            (look.At - terms.StartedAt).TotalHours,
            Math.Min(work, Progress(look, work)),
            work,
            (terms.DeadlineAt - terms.StartedAt).TotalHours,
            Restart.TotalHours,
            terms.Tick.TotalHours,
            terms.SpotPriceRatio,
            spotUp,
            look.Market == Market.OnDemand ? MarketMode.OnDemand : look.OnNodes ? MarketMode.Spot : MarketMode.Idle,
            _heldSince is { } since ? (look.At - since).TotalHours : 0,
            _heldSince is not null && _firstStep is null,
            _history);
        return look.Market == Market.OnDemand || policy.Decide(observation) == MarketMode.OnDemand ? Market.OnDemand : Market.Spot;
    }

    private void Measure(JobLook look)
    {
        if (!look.OnNodes)
        {
            (_heldSince, _firstStep) = (null, null);
            return;
        }

        _heldSince ??= look.At;
        if (look.Step is not { } step)
        {
            return;
        }

        if (_firstStep is not { } first)
        {
            _firstStep = (look.At, step);
            var restart = look.At - _heldSince.Value;
            _restart = restart > (_restart ?? TimeSpan.Zero) ? restart : _restart;
        }
        else if (step > first.Step && look.At > first.At)
        {
            _stepsPerHour = (step - first.Step) / (look.At - first.At).TotalHours;
        }
    }

    private double Work(JobLook look) =>
        _stepsPerHour is { } speed && look.TotalSteps is { } total ? total / speed : terms.ExpectedWork.TotalHours;

    // What is not in a checkpoint counts only while the nodes that hold it are there.
    private static double Progress(JobLook look, double work)
    {
        var step = Math.Max(look.SafeStep ?? 0, look.OnNodes ? look.Step ?? 0 : 0);
        return look.TotalSteps is { } total and > 0 ? work * step / total : 0;
    }
}
