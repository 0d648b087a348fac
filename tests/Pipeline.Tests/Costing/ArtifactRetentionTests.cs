using BuildPipeline.Costing;
using BuildPipeline.Terraform;

namespace BuildPipeline.Pipeline.Tests.Costing;

public sealed class ArtifactRetentionTests
{
    [Theory]
    [InlineData(7, null, 7, 30)]
    [InlineData(7, 90, 7, 97)]
    [InlineData(null, 90, 30, 120)]
    [InlineData(null, null, 30, 30)]
    public void Given_TheRulesOfInfra_When_Read_Then_RemovedAndKeptObjectsAreCountedUntilTheyAreGone(int? noncurrent, int? run, int removed, int kept)
    {
        var retention = Of(Sample.Lifecycle(noncurrent, run));

        Assert.Equal(new ArtifactRetention(noncurrent, run), retention);
        Assert.Equal((removed, kept), (retention.RemovedDays, retention.KeptDays));
    }

    [Theory]
    [InlineData("", 5)]
    [InlineData("run", 5)]
    [InlineData("runs/", 5)]
    [InlineData("runs/2026", null)]
    [InlineData("data/", null)]
    [InlineData("RUNS/", null)]
    public void Given_ARuleForAPrefix_When_Read_Then_ItHoldsWhereAllRunsBeginWithIt(string prefix, int? days)
    {
        Assert.Equal(days, Of(Rules(new { status = "Enabled", filter = new[] { new { prefix } }, expiration = new[] { new { days = 5 } } })).RunDays);
        Assert.Equal(days, Of(Rules(new { status = "Enabled", prefix, expiration = new[] { new { days = 5 } } })).RunDays);
    }

    [Fact]
    public void Given_APrefixInTheFilterAndOneBesideIt_When_Read_Then_TheFilterCounts() =>
        Assert.Equal(5, Of(Rules(new { status = "Enabled", prefix = "data/", filter = new[] { new { prefix = "runs/" } }, expiration = new[] { new { days = 5 } } })).RunDays);

    [Fact]
    public void Given_SeveralRules_When_Read_Then_TheShortestTimeOfEachKindHolds()
    {
        static object Rule(int days, int noncurrent) => new { status = "Enabled", expiration = new[] { new { days } }, noncurrent_version_expiration = new[] { new { noncurrent_days = noncurrent } } };

        Assert.Equal(new ArtifactRetention(2, 20), Of(Rules(Rule(30, 2), Rule(20, 3), Rule(0, 0))));
    }

    [Fact]
    public void Given_OneDay_When_Read_Then_ItIsOne() =>
        Assert.Equal(1, Of(Rules(new { status = "Enabled", expiration = new[] { new { days = 1 } } })).RunDays);

    public static TheoryData<PlannedResource> Without { get; } = new()
    {
        Rules(new { status = "Disabled", expiration = new[] { new { days = 5 } } }),
        Rules(new { expiration = new[] { new { days = 5 } } }),
        Rules(new { status = "Enabled", expiration = new[] { new { days = "5" } } }),
        Rules(new { status = "Enabled", expiration = new[] { new { date = "2026-01-01" } } }),
        Rules(new { status = "Enabled", expiration = "5" }),
        Rules(new { status = 1, expiration = new[] { new { days = 5 } } }),
        Sample.Resource("aws_s3_bucket_lifecycle_configuration", "create", new { rule = "none" }),
        Sample.Resource("aws_s3_bucket_lifecycle_configuration", "create", "none"),
        Sample.Resource("aws_s3_bucket", "create", new { rule = new[] { new { status = "Enabled", expiration = new[] { new { days = 5 } } } } }),
        Rules(new { status = "Enabled", expiration = new[] { new { days = 5 } } }) with { Action = "delete" },
    };

    [Theory]
    [MemberData(nameof(Without))]
    public void Given_NoRuleThatHolds_When_Read_Then_NothingExpires(PlannedResource resource) => Assert.Equal(new ArtifactRetention(null, null), Of(resource));

    private static PlannedResource Rules(params object[] rules) => Sample.Resource("aws_s3_bucket_lifecycle_configuration", "create", new { rule = rules });

    private static ArtifactRetention Of(PlannedResource resource) => ArtifactRetention.From(Sample.Plan with { Resources = [resource] }, "runs");
}
