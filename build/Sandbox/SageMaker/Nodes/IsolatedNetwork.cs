using System.ComponentModel;
using System.Diagnostics;

namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>A network of the nodes of one attempt, without a way out: it has a loopback interface, on which they reach each other.</summary>
/// <remarks>A process holds it, which ends with the sandbox; the network goes with the last program in it.</remarks>
internal sealed class IsolatedNetwork : INodeNetwork
{
    private readonly Process _holder;

    private IsolatedNetwork(Process holder) => _holder = holder;

    public int Process => _holder.Id;

    /// <returns>Null where the machine does not allow it.</returns>
    public static IsolatedNetwork? Open(NodeIsolation isolation)
    {
        var (program, arguments) = NodeContainer.Network(isolation);
        try
        {
            var network = new IsolatedNetwork(System.Diagnostics.Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!);
            if (network._holder.StandardOutput.ReadLine() == "ready")
            {
                return network;
            }

            network.Dispose();
        }
        catch (Win32Exception)
        {
            // The same as a network that cannot be had.
        }

        return null;
    }

    public void Dispose()
    {
        _holder.Kill();
        _holder.WaitForExit();
        _holder.Dispose();
    }
}
