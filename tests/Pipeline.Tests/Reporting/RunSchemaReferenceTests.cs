using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using BuildPipeline.History;
using BuildPipeline.Reporting;
using BuildPipeline.Reporting.Receipts;
using BuildPipeline.Runs;

namespace BuildPipeline.Pipeline.Tests.Reporting;

/// <summary>The schemas in docs/reference are those of the documents that others read, such as <c>run.json</c> and what targets print with <c>--output=json</c>: a member that one of the two lacks is found.</summary>
public sealed class RunSchemaReferenceTests
{
    [Theory]
    [InlineData("run", typeof(RunRecord), "run.json", RunRecord.CurrentSchema)]
    [InlineData("history", typeof(HistoryDocument), "History --output=json", HistoryDocument.CurrentSchema)]
    [InlineData("status", typeof(StatusDocument), "Status --output=json", StatusDocument.CurrentSchema)]
    [InlineData("sweep", typeof(SweepDocument), "Status --run=SWEEP-ID --output=json", SweepDocument.CurrentSchema)]
    [InlineData("compare", typeof(RunComparison), "Compare --output=json", RunComparison.CurrentSchema)]
    [InlineData("gate-input", typeof(GateInput), "gate-input.json", GateInput.CurrentSchema)]
    [InlineData("report", typeof(RunReport), "report.html", RunReport.CurrentSchema)]
    public void Given_ADocument_When_ItsPublishedSchemaIsRead_Then_TheyAgreeBothWays(string name, Type document, string title, int version)
    {
        var options = new JsonSerializerOptions(RunJson.Indented) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        var schema = options.GetJsonSchemaAsNode(document, new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = AsWritten }).AsObject();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", $"{title}, schema version {version}");

        GeneratedPage.AssertCurrent(PublishedSchema.FileOf(name), schema.ToJsonString(RunJson.Indented));
    }

    [Fact]
    public void Given_AWholeRecord_When_Written_Then_EachOfItsMembersIsInThePublishedSchema()
    {
        var schema = JsonNode.Parse(File.ReadAllText(PublishedSchema.FileOf("run")))!;
        var run = Training.TestRuns.Run with { Plan = Sample.Plan, Subject = Sample.Subject, Approval = Sample.Approval(Sample.Subject), LastEvent = 3 };
        var document = JsonSerializer.SerializeToNode(run, RunJson.Indented)!.AsObject();

        Assert.Empty(document.Select(member => member.Key).Except(schema["properties"]!.AsObject().Select(member => member.Key)));
        Assert.Empty(schema["required"]!.AsArray().Select(name => (string)name!).Except(document.Select(member => member.Key)));
        Assert.Equal(RunRecord.CurrentSchema, (int)document["schema_version"]!);
    }

    // The project's own converters write numbers, of which the exporter knows nothing; and what is null is not written.
    private static JsonNode AsWritten(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (type == typeof(Usd) || type == typeof(double))
        {
            return new JsonObject { ["type"] = type == context.TypeInfo.Type ? "number" : new JsonArray("number", "null") };
        }

        if (schema is JsonObject { } members && members["required"] is JsonArray required)
        {
            members["required"] = new JsonArray([.. required.Select(name => name!.DeepClone()).Where(name => !MayBeNull(members["properties"]![(string)name!]))]);
        }

        return schema;
    }

    private static bool MayBeNull(JsonNode? schema) => schema is JsonObject known && known["type"] is JsonArray types && types.Any(type => (string)type! == "null");
}
