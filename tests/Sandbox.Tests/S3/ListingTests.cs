using BuildPipeline.Sandbox.S3.Protocol;
using FsCheck.Xunit;

namespace BuildPipeline.Sandbox.Tests.S3;

public sealed class ListingTests
{
    [Property]
    public bool Given_any_keys_When_listed_page_by_page_Then_every_key_and_group_comes_once_and_in_order(byte[] seeds, byte size, bool grouped)
    {
        var keys = seeds.Select(seed => string.Join('/', $"{seed % 3}", $"{seed / 3 % 5}", $"{seed}")).Distinct().Order(StringComparer.Ordinal).ToList();
        var expected = grouped ? keys.Select(key => key[..2]).Distinct().ToList() : keys;
        var query = new ListQuery("", grouped ? "/" : null, null, false, 1 + (size % 7));

        var seen = new List<string>();
        ListPage<string> page;
        do
        {
            page = ListPage<string>.Take(keys, key => key, query);
            seen.AddRange(page.Items.Concat(page.CommonPrefixes));
            query = query with { After = page.Last, SkipsGroup = page.EndsInGroup };
        }
        while (page.IsTruncated);

        return seen.SequenceEqual(expected);
    }

    [Fact]
    public void Given_keys_under_and_beside_a_prefix_When_listed_with_a_delimiter_Then_deeper_ones_are_grouped()
    {
        string[] keys = ["a", "logs/1", "logs/2", "logs/x/3", "logs/x/4", "zoo"];

        var page = ListPage<string>.Take(keys, key => key, new ListQuery("logs/", "/", null, false, 1000));

        Assert.Equal(["logs/1", "logs/2"], page.Items);
        Assert.Equal(["logs/x/"], page.CommonPrefixes);
        Assert.False(page.IsTruncated);
    }

    [Fact]
    public void Given_no_room_When_listed_Then_the_page_is_empty_and_the_last()
    {
        var page = ListPage<string>.Take(["a"], key => key, new ListQuery("", null, null, false, 0));

        Assert.Empty(page.Items);
        Assert.False(page.IsTruncated);
    }

    [Theory]
    [InlineData("bytes=0-3", 10, 0, 4)]
    [InlineData("bytes=8-", 10, 8, 2)]
    [InlineData("bytes=-3", 10, 7, 3)]
    [InlineData("bytes=-30", 10, 0, 10)]
    [InlineData("bytes=5-100", 10, 5, 5)]
    public void Given_a_range_When_laid_on_an_object_Then_it_is_cut_to_its_size(string header, long size, long offset, long length) =>
        Assert.Equal((offset, length), ByteRange.Parse(header)!.Within(size));

    [Theory]
    [InlineData("bytes=10-", 10)]
    [InlineData("bytes=0-", 0)]
    [InlineData("bytes=-0", 10)]
    public void Given_a_range_outside_the_object_When_laid_on_it_Then_there_is_none(string header, long size) =>
        Assert.Null(ByteRange.Parse(header)!.Within(size));

    [Theory]
    [InlineData("bytes=0-1,4-5")]
    [InlineData("lines=0-1")]
    [InlineData("nonsense")]
    public void Given_a_header_that_S3_does_not_follow_When_parsed_Then_there_is_no_range(string header) => Assert.Null(ByteRange.Parse(header));
}
