namespace BuildPipeline.Spot;

/// <summary>What the nodes are bought on.</summary>
public enum Market
{
    /// <summary>Managed spot: cheaper, can be interrupted.</summary>
    Spot,

    /// <summary>On demand.</summary>
    OnDemand,
}
