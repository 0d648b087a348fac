using System.IO.Enumeration;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Ec2;

/// <summary>A filter of a request: one of its values has to fit; <c>*</c> stands for any text and <c>?</c> for one character.</summary>
internal sealed record Filter(string Name, IReadOnlyList<string> Values)
{
    public static IReadOnlyList<Filter> Parse(JsonObject input) =>
    [
        .. input.Objects("Filters").Select(filter => new Filter(
            filter.Text("Name") ?? throw new AwsError(400, "MissingParameter", "The request must contain the parameter Filter.Name"), filter.Texts("Values"))),
    ];

    public bool Passes(string value) => Values.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, value, ignoreCase: false));
}
