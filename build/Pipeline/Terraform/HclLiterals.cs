using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace BuildPipeline.Terraform;

/// <summary>Reads the literal values of a Terraform variable file, without running terraform.</summary>
internal sealed class HclLiterals
{
    private readonly string _text;
    private int _at;

    private HclLiterals(string text) => _text = text;

    private char Next => _at < _text.Length ? _text[_at] : '\0';

    /// <summary>The values by name.</summary>
    /// <exception cref="FormatException">The text is not a list of assignments; the message has the line.</exception>
    public static JsonObject Read(string text)
    {
        var reader = new HclLiterals(text);
        return reader.Assignments('\0');
    }

    /// <summary>One value.</summary>
    /// <exception cref="FormatException">It is not a literal.</exception>
    public static JsonNode? ReadValue(string text)
    {
        var reader = new HclLiterals(text);
        reader.Skip();
        var value = reader.Value();
        reader.Skip();
        return reader.Next == '\0' ? value : throw reader.Unexpected();
    }

    private JsonObject Assignments(char end)
    {
        var values = new JsonObject();
        for (Skip(); Next != end; Skip())
        {
            var name = Next == '"' ? Quoted() : Word();
            SkipInLine();
            if (Next is not ('=' or ':'))
            {
                throw Unexpected();
            }

            _at++;
            SkipInLine();
            values[name] = Value();
            SkipComma();
        }

        _at++;
        return values;
    }

    private JsonNode? Value()
    {
        switch (Next)
        {
            case '"':
                return Quoted();
            case '[':
                return List();
            case '{':
                _at++;
                return Assignments('}');
            case '<':
                return HereDocument();
            default:
                return Word() switch
                {
                    "true" => true,
                    "false" => false,
                    "null" => null,
                    var word when decimal.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
                    _ => throw Unexpected(),
                };
        }
    }

    private JsonArray List()
    {
        _at++;
        var items = new JsonArray();
        for (Skip(); Next != ']'; Skip())
        {
            items.Add(Value());
            SkipComma();
        }

        _at++;
        return items;
    }

    private string Quoted()
    {
        var text = new StringBuilder();
        for (_at++; Next != '"'; _at++)
        {
            if (Next is '\0' or '\n')
            {
                throw Unexpected();
            }

            text.Append(Next == '\\' ? Escaped() : Next);
        }

        _at++;
        return text.ToString();
    }

    private char Escaped()
    {
        _at++;
        return Next switch { 'n' => '\n', 't' => '\t', 'r' => '\r', var other => other };
    }

    private string HereDocument()
    {
        var lines = _text[_at..].Split('\n');
        var mark = lines[0].TrimStart('<', '-').Trim();
        var count = lines.Skip(1).TakeWhile(line => line.Trim() != mark).Count();
        if (mark.Length == 0 || count == lines.Length - 1)
        {
            throw Unexpected();
        }

        _at += lines.Take(count + 2).Sum(line => line.Length + 1) - 1;
        return string.Join('\n', lines.Skip(1).Take(count)) + "\n";
    }

    private string Word()
    {
        var from = _at;
        while (char.IsLetterOrDigit(Next) || Next is '_' or '-' or '.' or '+')
        {
            _at++;
        }

        return _at > from ? _text[from.._at] : throw Unexpected();
    }

    private void SkipComma()
    {
        Skip();
        _at += Next == ',' ? 1 : 0;
    }

    private void Skip()
    {
        for (SkipInLine(); Next is '\n' or '#' || At("//"); SkipInLine())
        {
            _at = EndOf("\n");
        }
    }

    // As in Terraform, a name, its sign and the start of its value are on one line.
    private void SkipInLine()
    {
        while (At("/*") || (Next is not ('\0' or '\n') && char.IsWhiteSpace(Next)))
        {
            _at = At("/*") ? EndOf("*/") : _at + 1;
        }
    }

    private bool At(string token) => string.CompareOrdinal(_text, _at, token, 0, token.Length) == 0;

    private int EndOf(string token) => _text.IndexOf(token, _at, StringComparison.Ordinal) is >= 0 and var found ? found + token.Length : _text.Length;

    private FormatException Unexpected() => new(string.Create(
        CultureInfo.InvariantCulture, $"line {_text[..Math.Min(_at, _text.Length)].Count(character => character == '\n') + 1} is not NAME = VALUE"));
}
