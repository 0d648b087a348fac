using System.Runtime.InteropServices;
using BuildPipeline.Worker.Model;
using BuildPipeline.Worker.Settings;

namespace BuildPipeline.Worker.Peers;

/// <summary>
/// The nodes of a job, each connected to each. Sums are always taken in order of rank, so a result depends on the
/// figures and the number of nodes alone, not on who was faster.
/// </summary>
internal sealed class PeerGroup : IDisposable
{
    private const int MaximumBlobLength = 1 << 20;

    private readonly Func<int, string> _describe;
    private readonly PeerConnection?[] _peers;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private byte[][] _incoming = [];

    /// <param name="rank">This node's place among the peers.</param>
    /// <param name="peers">The connections by rank, null at this node's own.</param>
    /// <param name="describe">How messages name a rank.</param>
    /// <param name="timeout">How long a peer may take to answer.</param>
    /// <param name="time">Measures the timeout.</param>
    public PeerGroup(int rank, PeerConnection?[] peers, Func<int, string> describe, TimeSpan timeout, TimeProvider time)
    {
        (Rank, _peers, _describe, _timeout, _time) = (rank, peers, describe, timeout, time);
    }

    public int Rank { get; }

    public int WorldSize => _peers.Length;

    /// <summary>
    /// First half of an all-reduce: afterwards this node's shard of <paramref name="values"/> holds the sum over all nodes.
    /// </summary>
    /// <exception cref="TrainingFailureException">A peer is lost, silent or out of step.</exception>
    public async Task ReduceScatterAsync(double[] values, CancellationToken cancellationToken)
    {
        var own = Shard.Create(values.Length, Rank, WorldSize);
        var incoming = Incoming(own.Length * sizeof(double));
        await ExchangeAsync(
            (peer, rank, token) => peer.SendAsync(Bytes(values, Shard.Create(values.Length, rank, WorldSize)), token),
            (peer, rank, token) => peer.ReceiveAsync(incoming[rank].AsMemory(0, own.Length * sizeof(double)), token),
            cancellationToken);
        Sum(values.AsSpan(own.Start, own.Length), incoming);
    }

    /// <summary>
    /// Second half of an all-reduce: afterwards <paramref name="values"/> holds every node's shard as that node has it, and
    /// <paramref name="totals"/> the sums of what each node had there.
    /// </summary>
    /// <exception cref="TrainingFailureException">A peer is lost, silent or out of step.</exception>
    public async Task AllGatherAsync(double[] values, double[] totals, CancellationToken cancellationToken)
    {
        var message = new byte[(Shard.Create(values.Length, Rank, WorldSize).Length + totals.Length) * sizeof(double)];
        Bytes(values, Shard.Create(values.Length, Rank, WorldSize)).CopyTo(message);
        MemoryMarshal.AsBytes(totals.AsSpan()).CopyTo(message.AsSpan(message.Length - (totals.Length * sizeof(double))));
        var incoming = Incoming(((values.Length / WorldSize) + 1 + totals.Length) * sizeof(double));
        int MessageLength(int rank) => (Shard.Create(values.Length, rank, WorldSize).Length + totals.Length) * sizeof(double);
        await ExchangeAsync(
            (peer, _, token) => peer.SendAsync(message, token),
            (peer, rank, token) => peer.ReceiveAsync(incoming[rank].AsMemory(0, MessageLength(rank)), token),
            cancellationToken);
        var theirs = new byte[WorldSize][];
        for (var rank = 0; rank < WorldSize; rank++)
        {
            var shard = Shard.Create(values.Length, rank, WorldSize);
            var split = shard.Length * sizeof(double);
            theirs[rank] = incoming[rank].AsSpan(split, totals.Length * sizeof(double)).ToArray();
            if (rank != Rank)
            {
                MemoryMarshal.Cast<byte, double>(incoming[rank].AsSpan(0, split)).CopyTo(values.AsSpan(shard.Start));
            }
        }
        Sum(totals, theirs);
    }

    /// <summary>Every node's message, by rank, on every node. Also a barrier: it ends when all have come to it.</summary>
    /// <exception cref="TrainingFailureException">A peer is lost, silent or out of step.</exception>
    public async Task<byte[][]> GatherAsync(byte[] message, CancellationToken cancellationToken)
    {
        var messages = new byte[WorldSize][];
        messages[Rank] = message;
        await ExchangeAsync(
            (peer, _, token) => peer.SendAsync(message, token),
            async (peer, rank, token) => messages[rank] = await peer.ReceiveAsync(MaximumBlobLength, token),
            cancellationToken);
        return messages;
    }

    public void Dispose()
    {
        foreach (var peer in _peers)
        {
            peer?.Dispose();
        }
    }

    private async Task ExchangeAsync(
        Func<PeerConnection, int, CancellationToken, Task> send, Func<PeerConnection, int, CancellationToken, Task> receive, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(_timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        var work = new List<Task>(2 * WorldSize);
        for (var rank = 0; rank < WorldSize; rank++)
        {
            if (_peers[rank] is { } peer)
            {
                work.Add(GuardAsync(send(peer, rank, both.Token), rank, timer.Token));
                work.Add(GuardAsync(receive(peer, rank, both.Token), rank, timer.Token));
            }
        }
        try
        {
            await foreach (var done in Task.WhenEach(work))
            {
                await done;
            }
        }
        catch
        {
            // The first to fail is the one to name; the others fail only because of it.
            await both.CancelAsync();
            await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private async Task GuardAsync(Task work, int rank, CancellationToken timer)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException e) when (timer.IsCancellationRequested)
        {
            throw new TrainingFailureException(
                $"{_describe(rank)} has not answered for {_timeout.TotalSeconds:0.#} s; see that node's log for what it does, or raise peer_timeout_seconds.", e);
        }
        catch (IOException e)
        {
            throw new TrainingFailureException($"The connection to {_describe(rank)} was lost; see that node's log for why it ended.", e);
        }
        catch (InvalidDataException e)
        {
            throw new TrainingFailureException($"{_describe(rank)} is out of step with this node: {e.Message}. Both must run one version of the worker.", e);
        }
    }

    private byte[][] Incoming(int length)
    {
        if (_incoming.Length == 0 || _incoming[0].Length < length)
        {
            _incoming = [.. Enumerable.Range(0, WorldSize).Select(_ => new byte[length])];
        }
        return _incoming;
    }

    // What is in the span is this node's own contribution, and takes its turn among the others.
    private void Sum(Span<double> values, byte[][] contributions)
    {
        var own = values.ToArray();
        values.Clear();
        for (var rank = 0; rank < WorldSize; rank++)
        {
            var contribution = rank == Rank ? own : MemoryMarshal.Cast<byte, double>(contributions[rank].AsSpan(0, values.Length * sizeof(double)));
            VectorMath.AddScaled(1, contribution, values);
        }
    }

    private static byte[] Bytes(double[] values, Shard shard) => MemoryMarshal.AsBytes(values.AsSpan(shard.Start, shard.Length)).ToArray();
}
