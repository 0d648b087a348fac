using Cake.Core;

namespace Cake.Frosting;

/// <summary>What the host hands to every task.</summary>
public interface IFrostingContext : ICakeContext;

/// <summary>The context of a host that registers none of its own, and the base of those that do.</summary>
public class FrostingContext(ICakeContext context) : CakeContextAdapter(context), IFrostingContext;
