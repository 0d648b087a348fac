namespace BuildPipeline.Spot;

/// <summary>What a policy knows at one observation: the past and the present. Hours throughout, work in hours of the whole node group.</summary>
public readonly record struct MarketObservation
{
    /// <summary>Since the job started.</summary>
    public required double ElapsedHours { get; init; }

    /// <summary>Work done, in the units of <see cref="WorkHours"/>: the share of its steps that is done, times the work.</summary>
    public required double ProgressHours { get; init; }

    /// <summary>Work in total, as believed.</summary>
    public required double WorkHours { get; init; }

    /// <summary>From the job's start.</summary>
    public required double DeadlineHours { get; init; }

    /// <summary>What a start on either market costs in time, as measured or believed.</summary>
    public required double RestartHours { get; init; }

    /// <summary>Until the next observation.</summary>
    public required double TickHours { get; init; }

    /// <summary>Spot price over on-demand price.</summary>
    public required double SpotPriceRatio { get; init; }

    /// <summary>Spot capacity is there for the whole node group.</summary>
    public required bool SpotUp { get; init; }

    /// <summary>The market that the node group is running on; idle when it was lost.</summary>
    public required MarketMode Current { get; init; }

    /// <summary>Since the node group started on that market.</summary>
    public required double RunningHours { get; init; }

    /// <summary>Started, but no progress yet.</summary>
    public required bool Restarting { get; init; }

    /// <summary>What is known of the spot market, the present included.</summary>
    public required AvailabilityHistory History { get; init; }

    /// <summary>Work left, as believed.</summary>
    public double RemainingHours => WorkHours - ProgressHours;

    /// <summary>Time to the deadline that the remaining work does not need.</summary>
    public double SlackHours => DeadlineHours - ElapsedHours - RemainingHours;

    /// <summary>Hours without progress that are ahead if the node group is on that market from now on, as believed.</summary>
    public double StartLeftHours(MarketMode market) =>
        Current != market ? RestartHours : Restarting ? Math.Max(0, RestartHours - RunningHours) : 0;
}
