namespace BuildPipeline.Spot;

/// <summary>Where the node group runs during one tick.</summary>
public enum MarketMode
{
    /// <summary>Nowhere; costs nothing.</summary>
    Idle,

    /// <summary>On spot capacity, which can be lost at any tick.</summary>
    Spot,

    /// <summary>On on-demand capacity, which stays.</summary>
    OnDemand,
}
