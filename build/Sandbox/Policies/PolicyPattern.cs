using System.Text.RegularExpressions;

namespace BuildPipeline.Sandbox.Policies;

/// <summary>
/// A text of a policy, compiled: <c>*</c> for any characters, <c>?</c> for one, and variables such as <c>${aws:PrincipalTag/team, 'none'}</c>.
/// The time of a match grows with the product of the lengths, whatever the pattern.
/// </summary>
internal sealed partial class PolicyPattern
{
    private const int ArnParts = 6;

    /// <summary>Characters and variables in turn; a pattern without variables is one part.</summary>
    private readonly IReadOnlyList<Part> _parts;
    private readonly Token[]? _fixed;
    private readonly bool _ignoresCase;

    private PolicyPattern(IReadOnlyList<Part> parts, bool ignoresCase)
    {
        _parts = parts;
        _ignoresCase = ignoresCase;
        _fixed = parts.All(part => part.Variable is null) ? [.. parts.SelectMany(part => part.Tokens)] : null;
    }

    /// <param name="hasVariables">False for policies of the version 2008-10-17, and where AWS reads none.</param>
    /// <exception cref="PolicySyntaxException">A variable has no valid form.</exception>
    public static PolicyPattern Parse(string text, bool hasVariables, bool hasWildcards = true, bool ignoresCase = false)
    {
        var (parts, start) = (new List<Part>(), 0);
        while (hasVariables && text.IndexOf("${", start, StringComparison.Ordinal) is >= 0 and var open)
        {
            var close = text.IndexOf('}', open);
            var variable = Variable().Match(close < 0 ? "" : text[open..(close + 1)]);
            if (!variable.Success)
            {
                throw new PolicySyntaxException($"Invalid policy variable in '{text}'.");
            }

            parts.Add(new Part(Tokens(text[start..open], hasWildcards)));
            parts.Add(variable.Groups["special"] is { Success: true, Value: var character }
                ? new Part(Tokens(character, hasWildcards: false))
                : new Part([], variable.Groups["key"].Value, variable.Groups["default"] is { Success: true, Value: var otherwise } ? otherwise : null));
            start = close + 1;
        }

        parts.Add(new Part(Tokens(text[start..], hasWildcards)));
        return new PolicyPattern(parts, ignoresCase);
    }

    /// <summary>Whether a text fits a pattern without variables.</summary>
    public static bool Matches(string pattern, string text) => Parse(pattern, hasVariables: false).Matches(text, _ => []);

    /// <summary>Whether a text fits. A variable without a value fits nothing; its value stands for itself, wildcards and all.</summary>
    public bool Matches(string text, PolicyValues values) => Resolve(values) is { } tokens && Fits(tokens, text);

    /// <summary>Whether an ARN fits, part by part: a wildcard does not reach beyond the colons that separate the parts.</summary>
    public bool MatchesArn(string arn, PolicyValues values)
    {
        var actual = arn.Split(':', ArnParts);
        if (actual.Length != ArnParts || Resolve(values) is not { } tokens)
        {
            return false;
        }

        var start = 0;
        for (var part = 0; part < ArnParts - 1; part++)
        {
            var end = Array.FindIndex(tokens, start, token => token is { Kind: TokenKind.Literal, Character: ':' });
            if (end < 0 || !Fits(tokens.AsSpan(start..end), actual[part]))
            {
                return false;
            }

            start = end + 1;
        }

        return Fits(tokens.AsSpan(start..), actual[^1]);
    }

    private Token[]? Resolve(PolicyValues values)
    {
        if (_fixed is not null)
        {
            return _fixed;
        }

        var tokens = new List<Token>();
        foreach (var part in _parts)
        {
            if (part.Variable is null)
            {
                tokens.AddRange(part.Tokens);
            }
            else if ((values(part.Variable) is [var only] ? only : part.Default) is { } value)
            {
                tokens.AddRange(Tokens(value, hasWildcards: false));
            }
            else
            {
                return null;
            }
        }

        return [.. tokens];
    }

    /// <summary>Goes back to the last wildcard only: the ones before it have all they need.</summary>
    private bool Fits(ReadOnlySpan<Token> pattern, string text)
    {
        var (at, position, wildcard, resume) = (0, 0, -1, 0);
        while (position < text.Length)
        {
            if (at < pattern.Length && pattern[at].Kind == TokenKind.Several)
            {
                (wildcard, resume) = (at++, position);
            }
            else if (at < pattern.Length && pattern[at].Fits(text[position], _ignoresCase))
            {
                (at, position) = (at + 1, position + 1);
            }
            else if (wildcard >= 0)
            {
                (at, position) = (wildcard + 1, ++resume);
            }
            else
            {
                return false;
            }
        }

        return !pattern[at..].ContainsAnyExcept(new Token('*', TokenKind.Several));
    }

    private static Token[] Tokens(string text, bool hasWildcards) => [.. text.Select(character => new Token(character, character switch
    {
        '*' when hasWildcards => TokenKind.Several,
        '?' when hasWildcards => TokenKind.One,
        _ => TokenKind.Literal,
    }))];

    [GeneratedRegex(@"\A\$\{(?:(?<special>[*?$])|\s*(?<key>[A-Za-z0-9-]+:[^,'{}\s]+)\s*(?:,\s*'(?<default>[^']*)'\s*)?)\}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Variable();

    private enum TokenKind
    {
        Literal,
        One,
        Several,
    }

    private readonly record struct Token(char Character, TokenKind Kind)
    {
        public bool Fits(char character, bool ignoresCase) => Kind == TokenKind.One || Character == character
            || (ignoresCase && char.ToUpperInvariant(Character) == char.ToUpperInvariant(character));
    }

    private sealed record Part(Token[] Tokens, string? Variable = null, string? Default = null);
}
