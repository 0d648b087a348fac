using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.Tests.S3;

/// <summary>What lifecycle rules remove, and when.</summary>
public sealed class LifecyclePlanTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 15, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, "2026-03-02T23:59:59Z", false)]
    [InlineData(1, "2026-03-03T00:00:00Z", true)]
    [InlineData(30, "2026-04-01T00:00:00Z", true)]
    public void Given_days_When_the_midnight_after_them_comes_Then_the_object_expires(int days, string now, bool expires)
    {
        var plan = Plan($"<Filter/><Expiration><Days>{days}</Days></Expiration>", now, Version("key"));

        Assert.Equal(expires ? ["key"] : [], plan.Expired);
    }

    [Theory]
    [InlineData("<Filter><Prefix>a/</Prefix></Filter>", "a/1")]
    [InlineData("<Prefix>b/</Prefix>", "b/2")]
    [InlineData("<Filter><Tag><Key>k</Key><Value>v</Value></Tag></Filter>", "a/1")]
    [InlineData("<Filter><ObjectSizeGreaterThan>5</ObjectSizeGreaterThan></Filter>", "b/2")]
    [InlineData("<Filter><And><Prefix>a/</Prefix><ObjectSizeLessThan>6</ObjectSizeLessThan></And></Filter>", "a/1")]
    public void Given_a_filter_When_planned_Then_only_what_fits_expires(string filter, string key)
    {
        var plan = Plan(
            filter + "<Expiration><Date>2026-03-02T00:00:00Z</Date></Expiration>", "2026-03-02T00:00:00Z",
            Version("a/1") with { Headers = new ObjectHeaders(Tagging: "k=v") }, Version("b/2") with { Size = 6 });

        Assert.Equal([key], plan.Expired);
    }

    [Fact]
    public void Given_replaced_versions_When_planned_Then_they_go_by_the_day_when_they_were_replaced_and_the_newest_stay()
    {
        VersionRecord[] versions =
        [
            Version("key", 4) with { LastModified = Start.AddDays(9) },
            Version("key", 3) with { LastModified = Start.AddDays(2) },
            Version("key", 2) with { LastModified = Start.AddDays(1) },
            Version("key", 1),
        ];

        var plan = Plan(
            "<Filter/><NoncurrentVersionExpiration><NoncurrentDays>3</NoncurrentDays><NewerNoncurrentVersions>1</NewerNoncurrentVersions></NoncurrentVersionExpiration>",
            "2026-03-11T00:00:00Z", versions);

        Assert.Equal([2L, 1L], plan.Removed.Select(version => version.Sequence));
        Assert.Empty(plan.Expired);
    }

    [Fact]
    public void Given_a_delete_marker_that_is_alone_When_planned_Then_it_goes()
    {
        const string Rule = "<Filter/><Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>";
        var marker = Version("key", 2) with { DataName = null };

        Assert.Equal([marker], Plan(Rule, "2026-03-02T00:00:00Z", marker).Removed);
        Assert.Empty(Plan(Rule, "2026-03-02T00:00:00Z", marker, Version("key")).Removed);
    }

    [Fact]
    public void Given_a_disabled_rule_When_planned_Then_nothing_goes() => Assert.Empty(
        LifecycleRule.From(Bucket("<Status>Disabled</Status><Filter/><Expiration><Days>1</Days></Expiration>")));

    private static LifecyclePlan Plan(string rule, string now, params VersionRecord[] versions) => LifecyclePlan.Create(
        LifecycleRule.From(Bucket("<ID>rule</ID><Status>Enabled</Status>" + rule)), versions, DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture));

    private static BucketRecord Bucket(string rule) => new("us-east-1", Start, new Dictionary<string, string>
    {
        ["lifecycle"] = $"<LifecycleConfiguration><Rule>{rule}</Rule></LifecycleConfiguration>",
    });

    private static VersionRecord Version(string key, long sequence = 1) => new(key, $"v{sequence}", sequence, "data", 5, "etag", Start);
}
