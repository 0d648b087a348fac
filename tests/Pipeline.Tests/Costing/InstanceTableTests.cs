using System.Text.Json;

namespace BuildPipeline.Pipeline.Tests.Costing;

/// <summary>The one file of instance facts, which four programs read.</summary>
public sealed class InstanceTableTests
{
    private static readonly JsonElement File = JsonDocument.Parse(System.IO.File.ReadAllBytes(Path.Combine(Repository.Root, "infra", "instance-types.json"))).RootElement;

    private static IEnumerable<JsonElement> Types => File.GetProperty("instance_types").EnumerateArray();

    [Fact]
    public void Given_TheFacts_When_Read_Then_EveryTypeHasItsFamilyAndItsAccelerator()
    {
        var families = Names("families", "family");
        var accelerators = Names("accelerators", "name");

        Assert.All(Types, type => Assert.Contains(type.GetProperty("type").GetString()!.Split('.')[1], families));
        Assert.All(Types, type => Assert.True(!type.TryGetProperty("accelerator", out var name) || accelerators.Contains(name.GetString()!)));
    }

    [Fact]
    public void Given_TheFacts_When_Read_Then_NoTypeFamilyOrQuotaIsThereTwice()
    {
        Assert.Distinct(Types.Select(type => type.GetProperty("type").GetString()));
        Assert.Distinct(File.GetProperty("families").EnumerateArray().Select(family => family.GetProperty("family").GetString()));
        Assert.Distinct(from type in Types from code in new[] { "quota_code", "spot_quota_code" } where type.TryGetProperty(code, out _) select type.GetProperty(code).GetString());
    }

    private static HashSet<string> Names(string list, string name) => [.. File.GetProperty(list).EnumerateArray().Select(item => item.GetProperty(name).GetString()!)];
}
