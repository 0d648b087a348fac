namespace BuildPipeline.Sandbox.Kernel;

/// <summary>A part that still works when nobody asks anything: the sandbox does not end for idleness while it does.</summary>
internal interface IKeepsAlive
{
    bool Busy { get; }
}
