using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace BuildPipeline.Sandbox.Pricing;

/// <summary>A region file of AWS's bulk price list: training rates, and among them rows that are none.</summary>
internal static class PriceListDocument
{
    private const string Term = "JRTCKXETXF";
    private const string Rate = "6YS6EN2CT7";

    private static readonly Dictionary<string, string> UsagePrefixes = new(StringComparer.Ordinal) { ["us-east-1"] = "USE1", ["us-west-2"] = "USW2" };

    /// <summary>Writes the list of one region.</summary>
    public static async Task WriteAsync(Stream target, RateTable table, string region, CancellationToken cancellationToken)
    {
        var published = $"{table.Date:yyyy-MM-dd}T00:00:00Z";
        var rows = table.Training.SelectMany(rate => Rows(rate.Key, rate.Value, UsagePrefixes[region])).ToList();
        await using var json = new Utf8JsonWriter(target);
        json.WriteStartObject();
        json.WriteString("formatVersion", "v1.0");
        json.WriteString("offerCode", "AmazonSageMaker");
        json.WriteString("version", $"{table.Date:yyyyMMdd}000000");
        json.WriteString("publicationDate", published);
        json.WriteStartObject("products");
        rows.ForEach(row => WriteProduct(json, row, region));
        json.WriteEndObject();
        json.WriteStartObject("terms");
        json.WriteStartObject("OnDemand");
        rows.ForEach(row => WriteTerm(json, row, published));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
    }

    // Hosting costs what training does, and free rows nothing: a reader has to tell them apart.
    private static IEnumerable<Row> Rows(string type, decimal rate, string prefix) =>
    [
        new(type, "Training", $"{prefix}-Train:{type}", rate),
        new(type, "Hosting", $"{prefix}-Host:{type}", rate),
        new(type, "Training", $"{prefix}-Train:{type}-FreeTier", 0),
    ];

    private static void WriteProduct(Utf8JsonWriter json, Row row, string region)
    {
        json.WriteStartObject(row.Sku);
        json.WriteString("sku", row.Sku);
        json.WriteString("productFamily", "ML Instance");
        json.WriteStartObject("attributes");
        json.WriteString("servicecode", "AmazonSageMaker");
        json.WriteString("instanceName", row.Type);
        json.WriteString("instanceType", $"{row.Type}-{row.Use}");
        json.WriteString("platoinstancename", row.Type);
        json.WriteString("platoinstancetype", row.Use);
        json.WriteString("usagetype", row.Usage);
        json.WriteString("regionCode", region);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteTerm(Utf8JsonWriter json, Row row, string effective)
    {
        json.WriteStartObject(row.Sku);
        json.WriteStartObject($"{row.Sku}.{Term}");
        json.WriteString("offerTermCode", Term);
        json.WriteString("sku", row.Sku);
        json.WriteString("effectiveDate", effective);
        json.WriteStartObject("priceDimensions");
        json.WriteStartObject($"{row.Sku}.{Term}.{Rate}");
        json.WriteString("unit", "Hrs");
        json.WriteString("description", $"${row.Rate.ToString(CultureInfo.InvariantCulture)} per {row.Usage}");
        json.WriteStartObject("pricePerUnit");
        json.WriteString("USD", row.Rate.ToString("0.0000000000", CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteStartArray("appliesTo");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private sealed record Row(string Type, string Use, string Usage, decimal Rate)
    {
        public string Sku { get; } = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Usage)))[..16];
    }
}
