using System.Globalization;
using System.Xml.Linq;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>GetObjectAttributes.</summary>
internal sealed class AttributeOperations(ObjectStore store) : IS3Operations
{
    private const int LargestPage = 1000;

    private static readonly string[] Known = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];

    public IEnumerable<(string Operation, Func<S3Call, Task> Handle)> Handlers => [("GetObjectAttributes", GetAsync)];

    private Task GetAsync(S3Call call)
    {
        var asked = call.Header("x-amz-object-attributes")!.Split(',', StringSplitOptions.TrimEntries);
        if (!Array.TrueForAll(asked, Known.Contains))
        {
            throw S3Errors.InvalidArgument("Invalid attribute name specified.");
        }

        var version = store.RequireRecord(call.Bucket, call.Key, call.Query("versionId"));
        CustomerKey.Check(call, version.Headers.CustomerKeyMd5);
        call.Response.Headers["x-amz-version-id"] = version.VersionId == VersionRecord.NullVersion ? null : version.VersionId;
        call.Response.Headers.LastModified = version.LastModified.ToString("R", CultureInfo.InvariantCulture);
        return call.WriteXmlAsync("GetObjectAttributesResponse", Known.Where(asked.Contains).Select(name => name switch
        {
            "ETag" => new XElement(name, version.ETag),
            "Checksum" => Checksum(version),
            "ObjectParts" => Parts(call, version),
            "StorageClass" => new XElement(name, ObjectHeaderMapping.StorageClass(version.Headers)),
            _ => new XElement(name, version.Size),
        }));
    }

    private static XElement? Checksum(VersionRecord version) => version.Headers.Checksums is { Count: > 0 } checksums
        ? new XElement("Checksum", Values(checksums), new XElement("ChecksumType", version.ChecksumType ?? ChecksumAlgorithm.FullObject))
        : null;

    private static XElement? Parts(S3Call call, VersionRecord version)
    {
        if (version.Parts is not { } parts)
        {
            return null;
        }

        var (most, marker) = (Number(call, "x-amz-max-parts") ?? LargestPage, Number(call, "x-amz-part-number-marker") ?? 0);
        var rest = parts.Where(part => part.Number > marker).ToList();
        var page = rest.Take(most).ToList();
        var isTruncated = page.Count < rest.Count;

        // Parts without checksums of their own are counted and not listed.
        var isListed = version.ChecksumType == ChecksumAlgorithm.Composite;
        return new XElement(
            "ObjectParts",
            new XElement("PartsCount", parts.Count),
            isListed ? new XElement("PartNumberMarker", marker) : null,
            isListed && page.Count > 0 ? new XElement("NextPartNumberMarker", page[^1].Number) : null,
            isListed ? new XElement("MaxParts", most) : null,
            isListed ? new XElement("IsTruncated", isTruncated) : null,
            isListed ? page.Select(part => new XElement(
                "Part", new XElement("PartNumber", part.Number), new XElement("Size", part.Size), Values(part.Checksums))) : null);
    }

    private static IEnumerable<XElement> Values(IReadOnlyDictionary<string, string> checksums) =>
        checksums.Select(checksum => new XElement(ChecksumAlgorithm.Named(checksum.Key)!.Element, checksum.Value));

    private static int? Number(S3Call call, string header) => call.Header(header) switch
    {
        null => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => Math.Min(number, LargestPage),
        var text => throw S3Errors.InvalidArgument($"{header} must be a whole number, but is '{text}'."),
    };
}
