using System.Buffers.Binary;
using System.Net.Sockets;

namespace BuildPipeline.Worker.Peers;

/// <summary>
/// A connection to one other node. Messages carry a running number and their length, so nodes which have lost step
/// with each other notice instead of adding up the wrong numbers.
/// </summary>
internal sealed class PeerConnection : IDisposable
{
    private const int HeaderLength = 8;

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly byte[] _sendHeader = new byte[HeaderLength];
    private readonly byte[] _receiveHeader = new byte[HeaderLength];
    private int _sent;
    private int _received;

    public PeerConnection(Socket socket)
    {
        _socket = socket;
        _socket.NoDelay = true;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>This node's own address on the connection.</summary>
    public System.Net.IPEndPoint LocalEndPoint => (System.Net.IPEndPoint)_socket.LocalEndPoint!;

    /// <exception cref="IOException">The peer is gone.</exception>
    public async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_sendHeader, _sent++);
        BinaryPrimitives.WriteInt32LittleEndian(_sendHeader.AsSpan(4), message.Length);
        await _stream.WriteAsync(_sendHeader, cancellationToken);
        await _stream.WriteAsync(message, cancellationToken);
    }

    /// <summary>Receives a message of a length known beforehand.</summary>
    /// <exception cref="IOException">The peer is gone.</exception>
    /// <exception cref="InvalidDataException">The peer sent something else.</exception>
    public async Task ReceiveAsync(Memory<byte> message, CancellationToken cancellationToken)
    {
        var length = await ReceiveHeaderAsync(cancellationToken);
        if (length != message.Length)
        {
            throw new InvalidDataException($"it sent {length} bytes where {message.Length} were due");
        }
        await _stream.ReadExactlyAsync(message, cancellationToken);
    }

    /// <summary>Receives a message of any length up to a limit.</summary>
    /// <exception cref="IOException">The peer is gone.</exception>
    /// <exception cref="InvalidDataException">The peer sent something else.</exception>
    public async Task<byte[]> ReceiveAsync(int maximumLength, CancellationToken cancellationToken)
    {
        var length = await ReceiveHeaderAsync(cancellationToken);
        if (length < 0 || length > maximumLength)
        {
            throw new InvalidDataException($"it sent {length} bytes where at most {maximumLength} were due");
        }
        var message = new byte[length];
        await _stream.ReadExactlyAsync(message, cancellationToken);
        return message;
    }

    public void Dispose() => _stream.Dispose();

    private async Task<int> ReceiveHeaderAsync(CancellationToken cancellationToken)
    {
        await _stream.ReadExactlyAsync(_receiveHeader, cancellationToken);
        var number = BinaryPrimitives.ReadInt32LittleEndian(_receiveHeader);
        if (number != _received++)
        {
            throw new InvalidDataException($"it sent message {number} where {_received - 1} was due");
        }
        return BinaryPrimitives.ReadInt32LittleEndian(_receiveHeader.AsSpan(4));
    }
}
