using System.Xml.Linq;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>The documents of S3's API, in its namespace and without what is absent.</summary>
internal static class S3Xml
{
    private static readonly XNamespace Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    public static XElement Element(string name, params object?[] content) => new(Namespace + name, content);

    /// <summary>An element of one text; null if there is none, so it is left out.</summary>
    public static XElement? Optional(string name, string? text) => string.IsNullOrEmpty(text) ? null : Element(name, text);

    public static string Document(string name, params object?[] content) => Element(name, content).ToString(SaveOptions.DisableFormatting);

    public static XElement Tag(string? key, string? value) => Element("Tag", Element("Key", key), Element("Value", value));

    public static string Versioning(string status) => Document("VersioningConfiguration", Element("Status", status));

    /// <summary>All elements of a name anywhere below, in whatever namespace a client put them.</summary>
    public static IEnumerable<XElement> All(XElement parent, string name) => parent.Descendants().Where(element => element.Name.LocalName == name);
}
