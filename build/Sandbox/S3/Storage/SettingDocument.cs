using System.Globalization;
using System.Xml.Linq;

namespace BuildPipeline.Sandbox.S3.Storage;

/// <summary>Reads documents of the S3 API, whatever their namespace.</summary>
internal static class SettingDocument
{
    /// <returns>Null if the bucket has no such setting.</returns>
    public static XElement? Document(this BucketRecord bucket, string name) =>
        bucket.Settings.GetValueOrDefault(name) is { } text ? XElement.Parse(text) : null;

    public static IEnumerable<XElement> Children(this XElement element, string name) =>
        element.Elements().Where(child => child.Name.LocalName == name);

    public static XElement? Child(this XElement element, string name) => element.Children(name).FirstOrDefault();

    /// <summary>The text of a child element; null if there is none.</summary>
    public static string? ChildText(this XElement element, string name) => element.Child(name)?.Value;

    /// <summary>A whole number; null if there is none.</summary>
    public static int? ChildNumber(this XElement element, string name) =>
        int.TryParse(element.ChildText(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
