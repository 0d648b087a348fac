using System.Net;
using System.Net.Sockets;

namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>
/// A port of the loopback interface for a server that is still to start. On Linux it stays reserved until this is disposed: a
/// port that is bound, but at which nobody listens, is not given to those who ask for any port, and a server that asks for it
/// by number with SO_REUSEADDR, as servers do, may listen at it. Elsewhere it was free a moment ago, which is all that can be had.
/// </summary>
internal sealed class ReservedPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ReservedPort()
    {
        // .NET sets SO_REUSEADDR itself on Unix.
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Number = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        if (!OperatingSystem.IsLinux())
        {
            _socket.Dispose();
        }
    }

    /// <summary>From 1 to 65535.</summary>
    public int Number { get; }

    public void Dispose() => _socket.Dispose();
}
