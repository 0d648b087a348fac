using BuildPipeline.Evidence;

namespace BuildPipeline.Pipeline.Tests.Training;

public sealed class NodeUseTests
{
    [Theory]
    [InlineData(2, 2, null, null, true, "2 nodes")]
    [InlineData(2, 16, 16, null, true, "16 processes")]
    [InlineData(2, 1, null, 2, false, "2 nodes were paid for, but 1 process")]
    [InlineData(4, 3, null, null, false, "4 nodes were paid for, but 3 processes")]
    [InlineData(1, 1, 8, null, false, "1 node with 8 GPUs")]
    [InlineData(2, 2, 16, null, false, "2 nodes with 16 GPUs were paid for, but 2 processes")]
    [InlineData(2, null, null, 1, true, "2 nodes paid for; it is unknown how many trained: no checkpoint names a world_size, and 1 node wrote")]
    [InlineData(2, null, 16, 1, true, "unknown")]
    [InlineData(4, null, null, 0, true, "0 nodes wrote")]
    [InlineData(2, null, null, 2, true, "2 nodes wrote")]
    [InlineData(2, null, null, null, true, "neither")]
    [InlineData(1, null, null, 1, true, "1 node paid")]
    public void Given_nodes_and_processes_When_compared_Then_an_idle_node_is_a_finding_with_its_numbers(
        int nodes, int? worldSize, int? gpus, int? hosts, bool passes, string expected)
    {
        var finding = new NodeUse(worldSize, gpus, hosts).Judge(nodes);

        Assert.Equal(("nodes", passes), (finding.Check, finding.Passed));
        Assert.Contains(expected, finding.Detail, StringComparison.Ordinal);
    }
}
