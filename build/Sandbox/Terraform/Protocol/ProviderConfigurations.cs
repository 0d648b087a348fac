using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Rules;
using Grpc.Core;

namespace BuildPipeline.Sandbox.Terraform.Protocol;

/// <summary>Which configuration applies to a call.</summary>
/// <remarks>
/// Terraform starts a process for each <c>provider</c> block; attached to one process it opens a connection for each instead,
/// so a configuration belongs to its connection.
/// </remarks>
internal sealed class ProviderConfigurations(SandboxSettings settings)
{
    // What a connection without its own configuration gets: terraform reconnects after a pause without configuring again.
    private volatile ProviderConfiguration _latest = ProviderConfiguration.Default(settings);

    public void Set(ServerCallContext call, ProviderConfiguration configuration)
    {
        _latest = configuration;
        ConnectionItems.Get(call)[typeof(ProviderConfigurations)] = configuration;
    }

    public ProviderConfiguration Get(ServerCallContext call)
    {
        var items = ConnectionItems.Get(call);
        var configuration = items.TryGetValue(typeof(ProviderConfigurations), out var own) ? (ProviderConfiguration)own! : _latest;
        return configuration with { Session = items.TryGetValue(typeof(Caller), out var caller) ? (Caller)caller! : null };
    }
}
