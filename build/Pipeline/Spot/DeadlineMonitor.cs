namespace BuildPipeline.Spot;

/// <summary>What a deadline is kept with.</summary>
public sealed record DeadlineTerms
{
    /// <summary>When the first job was intended.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the training has to be done.</summary>
    public required DateTimeOffset DeadlineAt { get; init; }

    /// <summary>Training time without interruptions, believed until the run has measured it.</summary>
    public required TimeSpan ExpectedWork { get; init; }

    /// <summary>Time from a start to the first step, believed until the run has measured it.</summary>
    public required TimeSpan ExpectedRestart { get; init; }

    /// <summary>Time from the request to stop a running job to its end.</summary>
    public required TimeSpan ExpectedStop { get; init; }

    /// <summary>Spot price over on-demand price, 0 to 1.</summary>
    public required double SpotPriceRatio { get; init; }

    /// <summary>Between two looks.</summary>
    public required TimeSpan Tick { get; init; }

    /// <summary>How many times faster than on AWS the market's runs come and go; all durations are stretched by it for the policy.</summary>
    public required double MarketSpeed { get; init; }
}

/// <summary>One observation of the run's job.</summary>
/// <param name="OnNodes">True while the nodes are held: downloading, training or uploading.</param>
/// <param name="Step">Last step that this job reported.</param>
/// <param name="TotalSteps">Steps of the whole training, once known.</param>
/// <param name="SafeStep">Step of the newest complete checkpoint.</param>
public sealed record JobLook(DateTimeOffset At, Market Market, bool OnNodes, int? Step, int? TotalSteps, int? SafeStep);

/// <summary>Turns observations of a run's jobs into those of a policy, measuring restart time and speed on the way, and says when to move.</summary>
/// <param name="create">Makes the policy. It is made when it is asked, and forgotten while its decision holds: a plan takes megabytes, and a watch has a thousand monitors.</param>
/// <param name="net">What may not be spent of the time.</param>
/// <param name="terms">What the deadline is kept with.</param>
public sealed class DeadlineMonitor(Func<IMarketPolicy> create, SafetyNet net, DeadlineTerms terms)
{
    // A try costs a stop and a restart where spot is down, and saves over half of the price of the rest where it is up,
    // so it pays well below even odds; the odds of a market that nothing is known of rise to even ones within hours.
    private const double SpotRetryThreshold = 0.4;

    private readonly AvailabilityHistory _history = new(terms.Tick.TotalHours * terms.MarketSpeed);
    private IMarketPolicy? _policy;
    private HeldDecision? _held;
    private MarketBelief? _belief;
    private TimeSpan? _restart;
    private DateTimeOffset? _heldSince;
    private (DateTimeOffset At, int Step)? _firstStep;
    private double? _stepsPerHour;
    private int? _safeStep;

    /// <summary>Time from a start to the first step: the longest measured, until then the believed one.</summary>
    public TimeSpan Restart => _restart ?? terms.ExpectedRestart;

    /// <summary>Work that the newest complete checkpoint leaves to do, as of the last look.</summary>
    public TimeSpan Remaining { get; private set; } = terms.ExpectedWork;

    /// <summary>The market for the time until the next look.</summary>
    /// <remarks>
    /// Idle and spot are the same managed spot job, which waits or runs as capacity allows; only on-demand is another job. From there
    /// nobody sees whether spot is up: its likelihood is estimated from the runs seen before (docs/spot.md).
    /// </remarks>
    public Market Observe(JobLook look)
    {
        Measure(look);
        var work = Work(look);
        var safe = Progress(look.SafeStep, look, work);
        Remaining = TimeSpan.FromHours((work - safe) / terms.MarketSpeed);
        return look.Market == Market.OnDemand ? FromOnDemand(look, work, safe) : FromSpot(look, work, safe);
    }

    private Market FromSpot(JobLook look, double work, double safe)
    {
        _belief = null;
        _history.Observe(look.OnNodes);

        // What is not in a checkpoint counts only while the nodes that hold it are there.
        var progress = look.OnNodes ? Math.Max(safe, Progress(look.Step, look, work)) : safe;
        var now = Observation(look, work, progress, look.OnNodes, look.OnNodes ? MarketMode.Spot : MarketMode.Idle, _history);
        return _held?.Covers(now) == true ? Market.Spot : Ask(now);
    }

    private Market Ask(in MarketObservation now)
    {
        _policy ??= create();
        if (_policy.Decide(now) == MarketMode.OnDemand)
        {
            _held = null;
            return Market.OnDemand;
        }

        _held = HeldDecision.From(now, _policy);
        _policy = _held.Lasts ? null : _policy;
        return Market.Spot;
    }

    // Only from a new checkpoint, so nothing is trained twice, and only where waiting would do no harm: spot may still be down.
    private Market FromOnDemand(JobLook look, double work, double safe)
    {
        _belief ??= new MarketBelief(_history);
        _belief.Advance(terms.Tick.TotalHours * terms.MarketSpeed);
        var isNew = look.SafeStep > _safeStep;
        _safeStep = look.SafeStep;
        if (!isNew || _firstStep is null || _belief.Up < SpotRetryThreshold)
        {
            return Market.OnDemand;
        }

        var market = _history.Copy();
        market.Place(up: true, ageHours: 0);
        var later = look with { At = look.At + terms.ExpectedStop };
        var observation = Observation(later, work, safe, spotUp: true, MarketMode.OnDemand, market);
        return net.MayWait(observation) && (_policy ?? create()).Decide(observation) == MarketMode.Spot ? Market.Spot : Market.OnDemand;
    }

    private MarketObservation Observation(
        JobLook look, double work, double progress, bool spotUp, MarketMode current, AvailabilityHistory history) => new()
    {
        ElapsedHours = Hours(look.At - terms.StartedAt),
        ProgressHours = Math.Min(work, progress),
        WorkHours = work,
        DeadlineHours = Hours(terms.DeadlineAt - terms.StartedAt),
        RestartHours = Hours(Restart),
        TickHours = Hours(terms.Tick),
        SpotPriceRatio = terms.SpotPriceRatio,
        SpotUp = spotUp,
        Current = current,
        RunningHours = _heldSince is { } since ? Hours(look.At - since) : 0,
        Restarting = _heldSince is not null && _firstStep is null,
        History = history,
    };

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
            _stepsPerHour = (step - first.Step) / Hours(look.At - first.At);
        }
    }

    private double Work(JobLook look) =>
        _stepsPerHour is { } speed && look.TotalSteps is { } total ? total / speed : Hours(terms.ExpectedWork);

    private static double Progress(int? step, JobLook look, double work) =>
        look.TotalSteps is { } total and > 0 ? work * (step ?? 0) / total : 0;

    private double Hours(TimeSpan span) => span.TotalHours * terms.MarketSpeed;
}
