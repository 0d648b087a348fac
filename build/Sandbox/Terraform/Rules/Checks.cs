using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Rules;

/// <summary>The checks that attribute rules are made of, worded like the real provider's.</summary>
internal static partial class Checks
{
    private const string ArnPattern = "^arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12}|aws)?:.+$|^$";
    private const string ArnMeaning = "must be arn:partition:service:region:account:resource";

    public static AttributeRule OneOf(string path, params string[] allowed) => new(path, (name, value) =>
        allowed.Contains(TextOf(value)) ? null : $"expected {name} to be one of [{string.Join(' ', allowed)}], got {TextOf(value)}");

    public static AttributeRule Between(string path, long least, long most) => new(path, (name, value) =>
        decimal.TryParse(TextOf(value), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && number >= least && number <= most
            ? null
            : $"expected {name} to be in the range ({least} - {most}), got {TextOf(value)}");

    public static AttributeRule Length(string path, int least, int most) => new(path, (name, value) =>
        TextOf(value).Length >= least && TextOf(value).Length <= most
            ? null
            : $"expected length of {name} to be in the range ({least} - {most}), got {TextOf(value)}");

    public static AttributeRule Matches(string path, string pattern, string meaning) => new(path, (name, value) =>
        Regex.IsMatch(TextOf(value), pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))
            ? null
            : $"invalid value for {name} ({meaning}): {TextOf(value)}");

    public static AttributeRule Arn(string path) => Matches(path, ArnPattern, ArnMeaning);

    /// <summary>A list or set of ARNs.</summary>
    public static AttributeRule Arns(string path) => new(path, (name, value) =>
        ((SequenceValue)value).Items.Select(TextOf).FirstOrDefault(text => !Regex.IsMatch(text, ArnPattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))) is { } wrong
            ? $"invalid value for {name} ({ArnMeaning}): {wrong}"
            : null);

    public static AttributeRule Json(string path) => new(path, (name, value) => JsonFault(TextOf(value)) is { } fault
        ? $"\"{name}\" contains an invalid JSON: {fault}"
        : null);

    /// <summary>A policy document: JSON, an object, and with statements in it.</summary>
    public static AttributeRule Policy(string path) => new(path, (name, value) =>
    {
        if (JsonFault(TextOf(value)) is { } fault)
        {
            return $"\"{name}\" contains an invalid JSON policy: {fault}";
        }

        using var policy = JsonDocument.Parse(TextOf(value));
        return policy.RootElement.ValueKind == JsonValueKind.Object
            ? null : $"\"{name}\" contains an invalid JSON policy: contains a JSON {policy.RootElement.ValueKind}, not a JSON object";
    });

    /// <summary>An IPv4 network without host bits, its prefix within bounds.</summary>
    public static AttributeRule Ipv4Network(string path, int least, int most) => new(path, (name, value) =>
    {
        var text = TextOf(value);
        var parts = text.Split('/');
        if (parts.Length != 2 || !Ipv4().IsMatch(parts[0]) || !IPAddress.TryParse(parts[0], out var address)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var bits) || bits > 32)
        {
            return $"\"{text}\" is not a valid CIDR block: invalid CIDR address: {text}";
        }

        var network = Ipv4Block.NetworkOf(address, bits);
        return !network.Equals(address) ? $"\"{text}\" is not a valid CIDR block; did you mean \"{network}/{bits}\"?"
            : bits < least || bits > most
                ? $"expected \"{name}\" to contain a network Value with between {least} and {most} significant bits, got: {bits}"
            : null;
    });

    public static AttributeRule BucketName(string path) => new(path, (name, value) =>
    {
        var text = TextOf(value);
        return text.Length is < 3 or > 63 ? $"\"{name}\" must contain from 3 to 63 characters, got {text.Length}: {text}"
            : !BucketCharacters().IsMatch(text)
                ? $"only lowercase alphanumeric characters, dots and hyphens allowed in \"{name}\", first and last alphanumeric: {text}"
            : text.Contains("..", StringComparison.Ordinal) ? $"only single dots allowed in \"{name}\": {text}"
            : Ipv4().IsMatch(text) ? $"must not be formatted as an IP address: \"{name}\": {text}"
            : text.StartsWith("xn--", StringComparison.Ordinal) || text.EndsWith("-s3alias", StringComparison.Ordinal)
                ? $"\"{name}\" must not start with xn-- or end in -s3alias: {text}"
            : null;
    });

    /// <summary>AWS's limits on tags, which every taggable resource shares.</summary>
    public static AttributeRule Tags { get; } = new(
        "tags", (_, value) => ((MapValue)value).Members.Select(TagFault).FirstOrDefault(fault => fault is not null));

    private static string? TagFault(KeyValuePair<string, Value> tag) =>
        tag.Key.Length is 0 or > 128 ? $"a tag's key has from 1 to 128 characters: {tag.Key}"
        : tag.Key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase) ? $"a tag's key cannot begin with aws: (reserved): {tag.Key}"
        : TextOf(tag.Value).Length > 256 ? $"a tag's value has at most 256 characters: {tag.Key}"
        : null;

    private static string? JsonFault(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return null;
        }
        catch (JsonException exception)
        {
            return exception.Message;
        }
    }

    private static string TextOf(Value value) => value is StringValue text ? text.Text : value.ToString();

    [GeneratedRegex(@"^\d{1,3}(\.\d{1,3}){3}$")]
    private static partial Regex Ipv4();

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]*[a-z0-9]$")]
    private static partial Regex BucketCharacters();
}
