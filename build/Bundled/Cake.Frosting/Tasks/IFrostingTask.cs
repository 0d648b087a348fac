using Cake.Core;

namespace Cake.Frosting;

/// <summary>A task: a public, concrete class of an assembly that the host knows.</summary>
public interface IFrostingTask
{
    /// <summary>What the report says where <see cref="ShouldRun"/> is false.</summary>
    string SkippedMessage => "";

    Task RunAsync(ICakeContext context);

    bool ShouldRun(ICakeContext context);

    /// <summary>Called when the task fails; returning normally swallows the failure.</summary>
    void OnError(Exception exception, ICakeContext context);

    void Finally(ICakeContext context);
}
