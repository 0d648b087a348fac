using System.Globalization;
using System.Text;

namespace BuildPipeline.Secrets;

/// <summary>A value of a Terraform variable file or a JSON document.</summary>
/// <param name="Path">Names from the outermost to its own, joined by dots.</param>
/// <param name="Name">Its own name; of an element of a list, the option before it where that waits for a value, otherwise empty.</param>
/// <param name="Value">The text.</param>
internal sealed record Setting(string Path, string Name, string Value);

/// <summary>Reads names and values out of HCL or JSON; what is malformed is read as far as it goes, because Terraform judges it later.</summary>
internal sealed class SettingsText
{
    private readonly string _text;
    private readonly Stack<string> _names = new();
    private readonly List<Setting> _settings = [];
    private string? _word;
    private string? _name;
    private string _option = "";
    private int _at;

    private SettingsText(string text) => _text = text;

    /// <summary>All values of a text.</summary>
    public static IReadOnlyList<Setting> Read(string text)
    {
        var reader = new SettingsText(text);
        reader.Run();
        return reader._settings;
    }

    private void Run()
    {
        while (_at < _text.Length)
        {
            Step(_text[_at]);
        }

        Emit();
    }

    private void Step(char next)
    {
        switch (next)
        {
            case '#' or '/' when next == '#' || Follows("//"):
                _at = EndOf("\n");
                break;
            case '/' when Follows("/*"):
                _at = EndOf("*/");
                break;
            case '"':
                Word(QuotedText());
                break;
            case '<' when Follows("<<"):
                Word(HereDocument());
                break;
            case '=' or ':':
                (_name, _word) = (_word ?? _name, null);
                _at++;
                break;
            case '{' or '[':
                Emit();
                _names.Push(_name ?? "");
                (_name, _option) = (null, "");
                _at++;
                break;
            case '}' or ']':
                Emit();
                _ = _names.TryPop(out _);
                (_name, _option) = (null, "");
                _at++;
                break;
            case ',' or '\n':
                Emit();
                _at++;
                break;
            case var _ when char.IsWhiteSpace(next):
                _at++;
                break;
            default:
                Word(BareText());
                break;
        }
    }

    private void Word(string word)
    {
        if (_word is not null)
        {
            Emit();
        }

        _word = word;
    }

    private void Emit()
    {
        if (_word is not { } value)
        {
            return;
        }

        var path = string.Join('.', _names.Reverse().Append(_name ?? "").Where(name => name.Length > 0));
        _settings.Add(new(path, _name ?? _option, value));
        _option = _name is null && value.StartsWith('-') && !value.Contains('=') ? value.TrimStart('-') : "";
        (_name, _word) = (null, null);
    }

    private bool Follows(string mark) => string.CompareOrdinal(_text, _at, mark, 0, mark.Length) == 0;

    private int EndOf(string mark) => _text.IndexOf(mark, _at, StringComparison.Ordinal) is >= 0 and var found ? found + (mark == "\n" ? 0 : mark.Length) : _text.Length;

    private string BareText()
    {
        var start = _at;
        while (_at < _text.Length && !char.IsWhiteSpace(_text[_at]) && !"{}[]=:,\"#".Contains(_text[_at]))
        {
            _at++;
        }

        _at = Math.Max(_at, start + 1);
        return _text[start.._at];
    }

    // A quote that is not closed ends with its line.
    private string QuotedText()
    {
        var text = new StringBuilder();
        for (_at++; _at < _text.Length && _text[_at] is not ('"' or '\n'); _at++)
        {
            text.Append(_text[_at] == '\\' && _at + 1 < _text.Length ? Escaped() : _text[_at]);
        }

        _at++;
        return text.ToString();
    }

    private char Escaped()
    {
        _at++;
        var code = _at + 4 < _text.Length ? _text.AsSpan(_at + 1, 4) : default;
        if (_text[_at] == 'u' && ushort.TryParse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var character))
        {
            _at += 4;
            return (char)character;
        }

        return _text[_at] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', var other => other };
    }

    private string HereDocument()
    {
        var lines = _text[_at..].Split('\n');
        var mark = lines[0].TrimStart('<', '-').Trim();
        var body = lines.Skip(1).TakeWhile(line => line.Trim() != mark).ToList();
        _at = Math.Min(_text.Length, _at + lines[0].Length + 1 + body.Sum(line => line.Length + 1) + mark.Length);
        return string.Join('\n', body);
    }
}
