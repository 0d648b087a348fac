using System.Text.Json.Serialization;

namespace BuildPipeline.Sandbox.Models;

/// <summary>What a value of a service model is; the names are the models' own.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ShapeType>))]
internal enum ShapeType
{
    Structure,
    List,
    Map,
    String,
    Integer,
    Long,
    Float,
    Double,
    Boolean,
    Timestamp,
    Blob,
}

/// <summary>One shape of a service model: what a value is, and its limits.</summary>
internal sealed record Shape(ShapeType Type)
{
    private TextPattern? _pattern;

    /// <summary>Of a structure, by their names, in the model's order.</summary>
    public IReadOnlyDictionary<string, MemberModel> Members { get; init; } = new Dictionary<string, MemberModel>();

    /// <summary>Names of the members that a structure must have.</summary>
    public IReadOnlyList<string> Required { get; init; } = [];

    /// <summary>Least value, length or count.</summary>
    public long? Min { get; init; }

    /// <summary>Greatest value, length or count.</summary>
    public long? Max { get; init; }

    /// <summary>Regular expression for the whole text, as Java reads it.</summary>
    public string? Pattern { get; init; }

    public IReadOnlyList<string>? Enum { get; init; }

    /// <summary>Of a list, its items.</summary>
    public MemberModel? Member { get; init; }

    /// <summary>Of a map.</summary>
    public MemberModel? Key { get; init; }

    /// <summary>Of a map.</summary>
    public MemberModel? Value { get; init; }

    /// <summary>True for a list or map whose items follow each other without an element around them.</summary>
    public bool Flattened { get; init; }

    /// <summary>Of a structure of a REST service, the member that is the body.</summary>
    public string? Payload { get; init; }

    public string? TimestampFormat { get; init; }

    public bool Matches(string text) => Pattern is null || (_pattern ??= new TextPattern(Pattern)).Matches(text);
}

/// <summary>A member of a structure, or the items, keys or values of a list or map.</summary>
/// <param name="Shape">Name of its shape.</param>
/// <param name="Location">Where it is in a REST request: <c>header</c>, <c>headers</c>, <c>querystring</c> or <c>uri</c>; null for the body.</param>
/// <param name="Name">Its name on the wire, where that is another one.</param>
internal sealed record MemberModel(string Shape, string? Location = null, string? Name = null)
{
    public bool Flattened { get; init; }

    public bool XmlAttribute { get; init; }
}
