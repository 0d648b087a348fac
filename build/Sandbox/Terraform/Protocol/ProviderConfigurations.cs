using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Rules;

namespace BuildPipeline.Sandbox.Terraform.Protocol;

/// <summary>Which configuration applies to a call.</summary>
/// <remarks>
/// Terraform starts a process for each <c>provider</c> block; attached to one process it opens a connection for each instead,
/// so a configuration belongs to its connection. Another connection's may have another region and other tags, so none is borrowed.
/// </remarks>
internal static class ProviderConfigurations
{
    /// <summary>Keeps the configuration of a connection; see <see cref="ConnectionItems"/>.</summary>
    public static void Set(IDictionary<object, object?> connection, ProviderConfiguration configuration)
    {
        lock (connection)
        {
            connection[typeof(ProviderConfigurations)] = configuration;
        }
    }

    /// <summary>The configuration of a connection, with the session that it belongs to.</summary>
    /// <exception cref="ResourceError">It has none: it was opened after another one was lost.</exception>
    public static ProviderConfiguration Get(IDictionary<object, object?> connection)
    {
        lock (connection)
        {
            return connection.TryGetValue(typeof(ProviderConfigurations), out var own)
                ? (ProviderConfiguration)own! with { Session = connection.TryGetValue(typeof(Caller), out var caller) ? (Caller)caller! : null }
                : throw new ResourceError("The connection to the sandbox's provider was lost", "Terraform has not configured this one. Run the command again.");
        }
    }
}
