using System.Text;
using System.Text.RegularExpressions;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Metadata that is not plain ASCII: S3 reads header bytes as ISO 8859-1 and answers with an encoded word of RFC 2047.</summary>
internal static partial class EncodedWords
{
    /// <summary>The value as S3 stores it.</summary>
    /// <param name="header">As received, one character a byte.</param>
    public static string Decode(string header) => Word().Replace(header, word =>
    {
        var text = word.Groups["text"].Value;
        try
        {
            return Encoding.UTF8.GetString(word.Groups["form"].Value is "B" or "b" ? Convert.FromBase64String(text) : Quoted(text));
        }
        catch (FormatException)
        {
            return word.Value;
        }
    });

    /// <summary>The value as S3 gives it back.</summary>
    public static string Encode(string value) => value.All(character => character is >= ' ' and <= '~')
        ? value
        : $"=?UTF-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(value))}?=";

    private static byte[] Quoted(string text) => Encoding.Latin1.GetBytes(
        Escape().Replace(text.Replace('_', ' '), escape => ((char)Convert.ToByte(escape.Groups["hex"].Value, 16)).ToString()));

    [GeneratedRegex(@"=\?UTF-8\?(?<form>[BbQq])\?(?<text>[^?]*)\?=", RegexOptions.IgnoreCase)]
    private static partial Regex Word();

    [GeneratedRegex("=(?<hex>[0-9A-Fa-f]{2})")]
    private static partial Regex Escape();
}
