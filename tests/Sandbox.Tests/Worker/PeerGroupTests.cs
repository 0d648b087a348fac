using System.Net.Sockets;
using BuildPipeline.Sandbox.SageMaker.Nodes;
using BuildPipeline.Worker.Peers;
using BuildPipeline.Worker.Settings;

namespace BuildPipeline.Sandbox.Tests.Worker;

public sealed class PeerGroupTests
{
    private const int Length = 1001;

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 17)]
    [InlineData(3, 29)]
    [InlineData(4, 31)]
    public async Task GivenFiguresOfEveryNode_WhenReduced_ThenAllHoldTheSumInOrderOfRankToTheBit(int worldSize, int seed)
    {
        var contributions = Enumerable.Range(0, worldSize).Select(rank => Figures(seed + rank)).ToArray();
        var expected = contributions.Aggregate(new double[Length], (sum, figures) => [.. sum.Zip(figures, (a, b) => a + b)]);

        var results = await AllReduceAsync(contributions);
        var again = await AllReduceAsync(contributions);

        Assert.All(results.Concat(again), result => Assert.Equal(expected, result.Values));
        Assert.All(results, result => Assert.Equal([worldSize * (worldSize + 1) / 2.0], result.Totals));
    }

    [Fact]
    public async Task GivenNodesThatDoDifferentThings_WhenTheyMeet_ThenTheyNoticeInsteadOfAddingUp()
    {
        var groups = await JoinAsync(2);
        var reduce = groups[0].ReduceScatterAsync(new double[10], CancellationToken.None);
        var gather = groups[1].ReduceScatterAsync(new double[20], CancellationToken.None);

        var failure = await Assert.ThrowsAsync<TrainingFailureException>(() => reduce);

        Assert.StartsWith("algo-2 (rank 1) is out of step with this node", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<TrainingFailureException>(() => gather);
        Array.ForEach(groups, group => group.Dispose());
    }

    [Fact]
    public async Task GivenASilentPeer_WhenTheTimeIsOver_ThenItIsNamed()
    {
        var groups = await JoinAsync(2, TimeSpan.FromSeconds(1));

        var failure = await Assert.ThrowsAsync<TrainingFailureException>(() => groups[0].GatherAsync([1], CancellationToken.None));

        Assert.StartsWith("algo-2 (rank 1) has not answered for 1 s", failure.Message, StringComparison.Ordinal);
        Array.ForEach(groups, group => group.Dispose());
    }

    [Fact]
    public async Task GivenAStrangerAtThePort_WhenTheNodesJoin_ThenItIsTurnedAway()
    {
        using var port = new ReservedPort();
        var leader = new Rendezvous(Node(0, 2, port.Number), TimeSpan.FromSeconds(20), TimeProvider.System).JoinAsync(CancellationToken.None);
        using var stranger = new TcpClient();
        await stranger.ConnectAsync("127.0.0.1", port.Number);
        await stranger.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());

        using var follower = await new Rendezvous(Node(1, 2, port.Number), TimeSpan.FromSeconds(20), TimeProvider.System).JoinAsync(CancellationToken.None);

        using var group = await leader;
        Assert.Equal(2, group.WorldSize);
    }

    private static async Task<(double[] Values, double[] Totals)[]> AllReduceAsync(double[][] contributions)
    {
        var groups = await JoinAsync(contributions.Length);
        var results = await Task.WhenAll(groups.Select(async group =>
        {
            double[] values = [.. contributions[group.Rank]];
            double[] totals = [group.Rank + 1];
            await group.ReduceScatterAsync(values, CancellationToken.None);
            await group.AllGatherAsync(values, totals, CancellationToken.None);
            return (values, totals);
        }));
        Array.ForEach(groups, group => group.Dispose());
        return results;
    }

    private static async Task<PeerGroup[]> JoinAsync(int worldSize, TimeSpan? timeout = null)
    {
        using var port = new ReservedPort();
        return await Task.WhenAll(Enumerable.Range(0, worldSize).Select(rank =>
            new Rendezvous(Node(rank, worldSize, port.Number), timeout ?? TimeSpan.FromSeconds(20), TimeProvider.System).JoinAsync(CancellationToken.None)));
    }

    private static NodeEnvironment Node(int rank, int worldSize, int port) =>
        new("unused", "test-job", [.. Enumerable.Range(1, worldSize).Select(i => $"algo-{i}")], rank, "127.0.0.1", port);

    // Of very different size, so another order of summing gives other bits.
    private static double[] Figures(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Length).Select(_ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-9, 9)))];
    }
}
