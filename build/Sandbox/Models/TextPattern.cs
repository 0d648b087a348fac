using System.Text;
using System.Text.RegularExpressions;

namespace BuildPipeline.Sandbox.Models;

/// <summary>A pattern of a service model, which AWS reads as Java does and holds against the whole text.</summary>
/// <remarks>Where Java differs: a point matches no end of a line, <c>\d</c> and <c>\w</c> are ASCII, there is <c>\p{Alnum}</c>, and <c>_</c> may be escaped.</remarks>
internal sealed class TextPattern(string pattern)
{
    private const string AnyButLineEnds = @"[^\n\r\u0085\u2028\u2029]";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly Regex _regex = new($@"\A(?:{Translate(pattern)})\z", RegexOptions.CultureInvariant, Limit);

    /// <returns>False also where the comparison takes too long.</returns>
    public bool Matches(string text)
    {
        try
        {
            return _regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static string Translate(string pattern)
    {
        var translated = new StringBuilder();
        var isInSet = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\')
            {
                var length = pattern.AsSpan(i).StartsWith(@"\p{") ? pattern.IndexOf('}', i) - i + 1 : 2;
                translated.Append(Escape(pattern.Substring(i, length), isInSet));
                i += length - 1;
                continue;
            }

            isInSet = isInSet ? pattern[i] != ']' : pattern[i] == '[';
            translated.Append(pattern[i] == '.' && !isInSet ? AnyButLineEnds : pattern[i]);
        }

        return translated.ToString();
    }

    private static string Escape(string escape, bool isInSet) => escape switch
    {
        @"\d" => isInSet ? "0-9" : "[0-9]",
        @"\w" => isInSet ? "a-zA-Z0-9_" : "[a-zA-Z0-9_]",
        @"\_" => "_",
        @"\p{Alnum}" => isInSet ? "a-zA-Z0-9" : "[a-zA-Z0-9]",
        _ => escape,
    };
}
