namespace BuildPipeline.Accounts;

/// <summary>A region that is known later than the clients that work in it: a job's is known only after its plan.</summary>
public interface IRegion
{
    /// <summary>Name of the region; null if nothing names one, so it is the account's.</summary>
    string? Name { get; }
}

/// <summary>A region that is known.</summary>
public sealed record NamedRegion(string? Name) : IRegion;
