using System.Text.Json.Serialization;

namespace BuildPipeline.Spot;

/// <summary>Where the gang runs during one tick.</summary>
public enum MarketMode
{
    /// <summary>Nowhere; costs nothing.</summary>
    [JsonStringEnumMemberName("idle")]
    Idle,

    /// <summary>On spot capacity, which can be lost at any tick.</summary>
    [JsonStringEnumMemberName("spot")]
    Spot,

    /// <summary>On on-demand capacity, which stays.</summary>
    [JsonStringEnumMemberName("on_demand")]
    OnDemand,
}
