using BuildPipeline.Spot;

namespace BuildPipeline.Replay;

/// <summary>A job's node group in virtual time: progress, restarts and what is billed.</summary>
internal sealed class ReplayNodeGroup(double workHours, double deadlineHours, double tickHours, Func<double> nextRestartHours)
{
    private const double Rounding = 1e-9;
    private readonly List<ModeRun> _modes = [];
    private MarketMode _current = MarketMode.Idle;
    private double _progress;
    private double _startLeft;
    private double _running;
    private double _spot;
    private double _onDemand;
    private double? _finish;
    private int _ticks;
    private int _starts;

    /// <summary>Not finished, and the deadline has not passed; what is unfinished then is stopped.</summary>
    public bool IsOpen => _finish is null && (_ticks * tickHours < deadlineHours - Rounding);

    /// <summary>What a policy sees at this tick.</summary>
    public MarketObservation Observe(ReplayJob job, bool up, AvailabilityHistory history)
    {
        if (_current == MarketMode.Spot && !up)
        {
            _current = MarketMode.Idle;
        }

        return new MarketObservation
        {
            ElapsedHours = _ticks * tickHours,
            ProgressHours = job.WorkHours * _progress / workHours,
            WorkHours = job.WorkHours,
            DeadlineHours = deadlineHours,
            RestartHours = job.RestartHours,
            TickHours = tickHours,
            SpotPriceRatio = job.SpotPriceRatio,
            SpotUp = up,
            Current = _current,
            RunningHours = _running,
            Restarting = _startLeft > 0,
            History = history,
        };
    }

    /// <summary>Lets one tick pass.</summary>
    public void Advance(MarketMode mode, bool up)
    {
        if (mode == MarketMode.Spot && !up)
        {
            throw new InvalidOperationException("A policy chose spot while there was none.");
        }

        if (mode != MarketMode.Idle)
        {
            Run(mode);
        }

        _current = mode;
        _ticks++;
        var repeats = _modes.Count > 0 && _modes[^1].Mode == mode;
        if (repeats)
        {
            _modes[^1] = _modes[^1] with { Ticks = _modes[^1].Ticks + 1 };
        }
        else
        {
            _modes.Add(new ModeRun(mode, 1));
        }
    }

    /// <summary>The replay's result.</summary>
    public ReplayOutcome Outcome(double spotPriceRatio) => new(
        (_spot * spotPriceRatio) + _onDemand, _finish is null || _finish > deadlineHours + Rounding, _finish, _spot, _onDemand, Math.Max(0, _starts - 1), _modes);

    private void Run(MarketMode mode)
    {
        if (mode != _current)
        {
            _starts++;
            _startLeft = nextRestartHours();
            _running = 0;
        }

        // Nothing is billed after the work is done, nor after the deadline, at which a job is stopped.
        var open = Math.Min(tickHours, deadlineHours - (_ticks * tickHours));
        var start = Math.Min(open, _startLeft);
        var work = Math.Min(open - start, workHours - _progress);
        _startLeft -= start;
        _progress += work;
        _running += tickHours;
        _spot += mode == MarketMode.Spot ? start + work : 0;
        _onDemand += mode == MarketMode.OnDemand ? start + work : 0;
        if (_progress >= workHours - Rounding)
        {
            _finish = (_ticks * tickHours) + start + work;
        }
    }
}
