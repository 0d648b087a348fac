namespace BuildPipeline.Spot;

/// <summary>Decides where a job runs until the next observation. An instance serves one job, in a replay or in a launch.</summary>
public interface IMarketPolicy
{
    /// <summary>The market for the coming tick; spot only while it is up.</summary>
    MarketMode Decide(in MarketObservation now);

    /// <summary>True if the last decision, where it was not for on-demand, is still right later.</summary>
    /// <param name="later">The job and the market at that time: as they were, but for the time that has passed.</param>
    bool Holds(in MarketObservation later);
}
