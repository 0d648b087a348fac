using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Kernel;

/// <summary>A part's list in <c>GET /_sandbox/resources</c>.</summary>
internal interface ISandboxInventory
{
    /// <summary>The member's name, for example <c>training_jobs</c>.</summary>
    string Name { get; }

    JsonNode? Describe();
}
