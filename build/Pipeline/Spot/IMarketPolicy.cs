namespace BuildPipeline.Spot;

/// <summary>Decides where a job runs until the next observation. An instance serves one job, in a replay or in a launch.</summary>
public interface IMarketPolicy
{
    /// <summary>The market for the coming tick; spot only while it is up.</summary>
    MarketMode Decide(in MarketObservation now);
}
