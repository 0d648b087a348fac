using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Events;

namespace BuildPipeline.Sandbox.Tests.Events;

public sealed class EventPatternTests
{
    private const string Happened = """
        {"source":"aws.sagemaker","detail":{"name":"run-7","status":"Failed","count":5,"flag":true,"nothing":null,"tags":["a","b"],"steps":[{"s":"x"},{"s":"y"}],"inner":{"deep":1}}}
        """;

    [Theory]
    [InlineData("""{"source":["aws.sagemaker","aws.ec2"]}""", true)]
    [InlineData("""{"source":["aws.ec2"]}""", false)]
    [InlineData("""{"source":["aws.sagemaker"],"detail":{"status":["Stopped"]}}""", false)]
    [InlineData("""{"detail":{"count":[5]}}""", true)]
    [InlineData("""{"detail":{"count":["5"]}}""", false)]
    [InlineData("""{"detail":{"flag":[true]}}""", true)]
    [InlineData("""{"detail":{"nothing":[null]}}""", true)]
    [InlineData("""{"detail":{"tags":["b"]}}""", true)]
    [InlineData("""{"detail":{"steps":{"s":["y"]}}}""", true)]
    [InlineData("""{"detail":{"steps":{"s":["z"]}}}""", false)]
    [InlineData("""{"detail":{"inner":["deep"]}}""", false)]
    [InlineData("""{"detail":{"name":[{"prefix":"run-"}]}}""", true)]
    [InlineData("""{"detail":{"name":[{"prefix":"job-"}]}}""", false)]
    [InlineData("""{"detail":{"name":[{"suffix":"-7"}]}}""", true)]
    [InlineData("""{"detail":{"name":[{"wildcard":"r*-*"}]}}""", true)]
    [InlineData("""{"detail":{"name":[{"wildcard":"r?n-7"}]}}""", false)]
    [InlineData("""{"detail":{"status":[{"equals-ignore-case":"failed"}]}}""", true)]
    [InlineData("""{"detail":{"status":[{"anything-but":["Failed","Stopped"]}]}}""", false)]
    [InlineData("""{"detail":{"status":[{"anything-but":"Stopped"}]}}""", true)]
    [InlineData("""{"detail":{"status":[{"anything-but":{"prefix":"Fa"}}]}}""", false)]
    [InlineData("""{"detail":{"absent":[{"anything-but":"x"}]}}""", false)]
    [InlineData("""{"detail":{"count":[{"numeric":[">",0,"<=",5]}]}}""", true)]
    [InlineData("""{"detail":{"count":[{"numeric":["<",5]}]}}""", false)]
    [InlineData("""{"detail":{"count":[{"exists":true}]}}""", true)]
    [InlineData("""{"detail":{"absent":[{"exists":false}]}}""", true)]
    [InlineData("""{"detail":{"absent":{"deeper":[{"exists":false}]}}}""", true)]
    [InlineData("""{"detail":{"count":[{"exists":false}]}}""", false)]
    public void Given_a_pattern_When_held_against_an_event_Then_its_filters_decide(string pattern, bool matches) =>
        Assert.Equal(matches, EventPattern.Parse(pattern).Matches(JsonNode.Parse(Happened)!.AsObject()));

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("""{"source":"aws.sagemaker"}""")]
    [InlineData("""{"source":[]}""")]
    [InlineData("""{"source":{}}""")]
    [InlineData("""{"$or":[{"source":["a"]}]}""")]
    [InlineData("""{"source":[{"cidr":"10.0.0.0/8"}]}""")]
    [InlineData("""{"source":[{"prefix":"a","suffix":"b"}]}""")]
    [InlineData("""{"source":[{"prefix":{"equals-ignore-case":"a"}}]}""")]
    [InlineData("""{"source":[{"numeric":[">"]}]}""")]
    [InlineData("""{"source":[{"exists":"yes"}]}""")]
    public void Given_what_is_no_pattern_or_not_emulated_When_parsed_Then_it_is_refused(string pattern) =>
        Assert.Throws<FormatException>(() => EventPattern.Parse(pattern));

    [Theory]
    [InlineData("\"<name> has <status>\"", "\"run-7 has Failed\"")]
    [InlineData("{\"name\": <name>, \"count\": <count>, \"text\": \"n=<count>\"}", "{\"name\": \"run-7\", \"count\": 5, \"text\": \"n=5\"}")]
    [InlineData("<inner>", "{\"deep\":1}")]
    [InlineData("\"<second> by <aws.events.rule-name>\"", "\"y by r\"")]
    [InlineData("{\"none\": <none>, \"text\": \"<none>\"}", "{\"none\": null, \"text\": \"\"}")]
    public void Given_a_template_When_filled_Then_parts_are_quoted_outside_of_quotes_only(string template, string expected)
    {
        var paths = new Dictionary<string, string>
        {
            ["name"] = "$.detail.name", ["status"] = "$.detail.status", ["count"] = "$.detail.count", ["inner"] = "$.detail.inner", ["second"] = "$.detail.steps[1].s",
            ["none"] = "$.detail.none",
        };
        var target = new EventTarget("t", "arn") { InputTransformer = new InputTransformer(paths, template) };

        Assert.Equal(expected, TargetInput.Create(new EventRule("r", "arn:r", "{}"), target, JsonNode.Parse(Happened)!.AsObject()));
    }
}
