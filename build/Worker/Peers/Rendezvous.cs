using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using BuildPipeline.Worker.Settings;

namespace BuildPipeline.Worker.Peers;

/// <summary>
/// How the nodes find each other: rank 0 listens at MASTER_ADDR:MASTER_PORT, the others report there with a port of their
/// own, and once all are in, rank 0 tells each where the others are.
/// </summary>
internal sealed class Rendezvous(NodeEnvironment node, TimeSpan timeout, TimeProvider time)
{
    private const int MaximumHelloLength = 64 * 1024;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(50);

    // A stranger that connects and stays silent must not use up the time of the peers.
    private static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(2);

    private readonly PeerConnection?[] _peers = new PeerConnection?[node.WorldSize];

    /// <exception cref="TrainingFailureException">A peer did not join in time, or the address cannot be used.</exception>
    public async Task<PeerGroup> JoinAsync(CancellationToken cancellationToken)
    {
        if (node.WorldSize > 1)
        {
            using var timer = new CancellationTokenSource(timeout, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
            try
            {
                await (node.Rank == 0 ? LeadAsync(both.Token) : FollowAsync(both.Token));
            }
            catch (OperationCanceledException e) when (timer.IsCancellationRequested)
            {
                throw new TrainingFailureException(DescribeMissing(), e);
            }
            catch (Exception e) when (e is IOException or InvalidDataException or JsonException)
            {
                throw new TrainingFailureException($"{node.Describe(0)} ended while the nodes were joining; see that node's log for why.", e);
            }
        }
        return new PeerGroup(node.Rank, _peers, node.Describe, timeout, time);
    }

    private async Task LeadAsync(CancellationToken cancellationToken)
    {
        var address = await ResolveMasterAsync(cancellationToken);
        using var listener = Listen(new IPEndPoint(address, node.MasterPort));
        var endPoints = new string[node.WorldSize];
        endPoints[0] = "";
        await AcceptAsync(listener, (rank, endPoint) => endPoints[rank] = endPoint, cancellationToken);
        var roster = JsonSerializer.SerializeToUtf8Bytes(endPoints, RendezvousJson.Default.StringArray);
        foreach (var peer in _peers.OfType<PeerConnection>())
        {
            await peer.SendAsync(roster, cancellationToken);
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var master = new IPEndPoint(await ResolveMasterAsync(cancellationToken), node.MasterPort);
        var leader = new PeerConnection(await ConnectAsync(master, cancellationToken));
        _peers[0] = leader;
        using var listener = Listen(new IPEndPoint(leader.LocalEndPoint.Address, 0));
        await IntroduceAsync(leader, listener.LocalEndpoint.ToString()!, cancellationToken);
        var roster = JsonSerializer.Deserialize(await leader.ReceiveAsync(MaximumHelloLength, cancellationToken), RendezvousJson.Default.StringArray)!;
        for (var rank = 1; rank < node.Rank; rank++)
        {
            var peer = new PeerConnection(await ConnectAsync(IPEndPoint.Parse(roster[rank]), cancellationToken));
            await IntroduceAsync(peer, "", cancellationToken);
            _peers[rank] = peer;
        }
        await AcceptAsync(listener, (_, _) => { }, cancellationToken);
    }

    // Every rank above this one reports here.
    private async Task AcceptAsync(TcpListener listener, Action<int, string> joined, CancellationToken cancellationToken)
    {
        while (_peers.Skip(node.Rank + 1).Any(peer => peer is null))
        {
            var peer = new PeerConnection(await listener.AcceptSocketAsync(cancellationToken));
            if (await ReadHelloAsync(peer, cancellationToken) is { } hello && hello.Job == node.JobName && hello.WorldSize == node.WorldSize
                && hello.Rank > node.Rank && hello.Rank < node.WorldSize && _peers[hello.Rank] is null)
            {
                _peers[hello.Rank] = peer;
                joined(hello.Rank, hello.EndPoint);
            }
            else
            {
                peer.Dispose();
            }
        }
    }

    private async Task<Hello?> ReadHelloAsync(PeerConnection peer, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(HelloTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(await peer.ReceiveAsync(MaximumHelloLength, both.Token), RendezvousJson.Default.Hello);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or JsonException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private Task IntroduceAsync(PeerConnection peer, string endPoint, CancellationToken cancellationToken) =>
        peer.SendAsync(
            JsonSerializer.SerializeToUtf8Bytes(new Hello(node.JobName, node.WorldSize, node.Rank, endPoint), RendezvousJson.Default.Hello),
            cancellationToken);

    private async Task<IPAddress> ResolveMasterAsync(CancellationToken cancellationToken)
    {
        // A host's name may lag behind its start.
        while (true)
        {
            try
            {
                var addresses = await Dns.GetHostAddressesAsync(node.MasterAddress, AddressFamily.InterNetwork, cancellationToken);
                return addresses[0];
            }
            catch (SocketException)
            {
                await Task.Delay(RetryInterval, time, cancellationToken);
            }
        }
    }

    private async Task<Socket> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        while (true)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(endPoint, cancellationToken);
                // Without a listener, a connection on one machine can meet itself when it is given its goal as its own port.
                if (!endPoint.Equals(socket.LocalEndPoint))
                {
                    return socket;
                }
            }
            catch (SocketException)
            {
                // Not listening yet.
            }
            catch (OperationCanceledException)
            {
                socket.Dispose();
                throw;
            }
            socket.Dispose();
            await Task.Delay(RetryInterval, time, cancellationToken);
        }
    }

    private TcpListener Listen(IPEndPoint endPoint)
    {
        var listener = new TcpListener(endPoint);
        try
        {
            listener.Start(node.WorldSize);
            return listener;
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new TrainingFailureException(
                $"{node.Describe(node.Rank)} cannot listen at {endPoint}: {e.Message}. MASTER_ADDR and MASTER_PORT must be a free port of {node.Hosts[0]}.", e);
        }
    }

    private string DescribeMissing()
    {
        var missing = node.Rank > 0 && _peers[0] is null
            ? [node.Describe(0)]
            : Enumerable.Range(node.Rank + 1, node.WorldSize - node.Rank - 1).Where(rank => _peers[rank] is null).Select(node.Describe).ToArray();
        return $"{(missing.Length == 0 ? "A peer" : $"Peer {string.Join(", ", missing)}")} did not join at {node.MasterAddress}:{node.MasterPort} "
            + $"within {timeout.TotalSeconds:0.#} s; see its log for whether it runs, and whether the nodes may reach each other.";
    }
}

/// <summary>What a node says when it connects to another.</summary>
/// <param name="EndPoint">Where the ranks above it can connect to it.</param>
internal sealed record Hello(string Job, int WorldSize, int Rank, string EndPoint);

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Hello))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class RendezvousJson : JsonSerializerContext;
