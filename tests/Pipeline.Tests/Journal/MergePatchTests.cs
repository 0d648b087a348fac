using System.Text.Json.Nodes;
using BuildPipeline.Journal;

namespace BuildPipeline.Pipeline.Tests.Journal;

public sealed class MergePatchTests
{
    // The examples of RFC 7386 whose documents are objects.
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{}""", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void Given_AnExampleOfTheStandard_When_Applied_Then_TheResultIsTheStandards(string document, string patch, string expected)
    {
        var result = MergePatch.Apply(Parse(document), Parse(patch));

        Assert.True(JsonNode.DeepEquals(Parse(expected), result), result.ToJsonString());
    }

    [Fact]
    public void Given_TwoDocuments_When_ThePatchBetweenThemIsApplied_Then_TheSecondComesOut()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var (before, after) = (Some(random, 3), Some(random, 3));
            var (first, second) = (before.ToJsonString(), after.ToJsonString());

            var patch = MergePatch.Between(before, after);

            Assert.Equal(JsonNode.DeepEquals(before, after), patch is null);
            Assert.True(JsonNode.DeepEquals(after, patch is null ? before : MergePatch.Apply(before, patch)), $"seed {seed}: {first} to {second} by {patch?.ToJsonString()}");
            Assert.Equal((first, second), (before.ToJsonString(), after.ToJsonString()));
        }
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    private static JsonObject Some(Random random, int depth)
    {
        var result = new JsonObject();
        foreach (var name in "abcd".Where(_ => random.Next(2) == 0))
        {
            result[name.ToString()] = random.Next(depth == 0 ? 3 : 5) switch
            {
                0 => JsonValue.Create(random.Next(2)),
                1 => JsonValue.Create("x"),
                2 => new JsonArray(random.Next(2), Some(random, 0)),
                _ => Some(random, depth - 1),
            };
        }

        return result;
    }
}
