using System.Text.RegularExpressions;

namespace BuildPipeline.Secrets;

/// <summary>Tells by its form, and by the names inside it, whether a text holds a secret.</summary>
internal static partial class SecretValues
{
    private const double RandomBitsPerCharacter = 3.5;

    /// <summary>True if a value of that name is a secret.</summary>
    public static bool IsSecret(string name, string value) => HoldsSecret(value) || SecretNames.KindOf(name) switch
    {
        NameKind.Secret => !IsHarmless(value),
        NameKind.Token => !IsHarmless(value) && !NumberPattern().IsMatch(value),
        NameKind.Suspicious => LooksRandom(value),
        _ => false,
    };

    /// <summary>True if a text has the form of a known secret, or assigns one to a name, as in <c>HF_TOKEN=...</c> or <c>--api-key ...</c>.</summary>
    public static bool HoldsSecret(string text) => HasKnownForm(text) || AssignedAt(text) is not null;

    /// <summary>True if a text has the form of a known secret, whatever its name.</summary>
    public static bool HasKnownForm(string text) => KnownFormPattern().IsMatch(text);

    /// <summary>Where a text has the form of a known secret for the first time; null if it has none.</summary>
    public static int? KnownFormAt(string text) => KnownFormPattern().Match(text) is { Success: true } match ? match.Index : null;

    /// <summary>Where the first secret of a text starts, whether by its form or because it is assigned to a name; null if it holds none.</summary>
    public static int? SecretAt(string text) => (KnownFormAt(text), AssignedAt(text)) switch
    {
        // The lines before it are the key, of which nobody sees the start.
        _ when EndOfKeyPattern().Match(text) is { Success: true } end && !text[..end.Index].Contains("-----BEGIN ", StringComparison.Ordinal) => 0,
        ({ } form, { } assigned) => Math.Min(form, assigned),
        var (form, assigned) => form ?? assigned,
    };

    private static int? AssignedAt(string text)
    {
        for (var match = AssignmentPattern().Match(text); match.Success; match = AssignmentPattern().Match(text, NextAt(match)))
        {
            if (IsAssigned(match.Groups["name"].Value, match.Groups["value"].Value))
            {
                return match.Groups["value"].Index;
            }
        }

        return null;
    }

    // After "ValueError: " comes a sentence, which may assign a secret; after "arn:" does not.
    private static int NextAt(Match match)
    {
        var value = match.Groups["value"];
        return char.IsWhiteSpace(match.Value[value.Index - match.Index - 1]) || value.Value.Contains('=', StringComparison.Ordinal) ? value.Index : value.Index + value.Length;
    }

    private static bool IsAssigned(string name, string value) =>
        char.IsAsciiLetterOrDigit(value.TrimStart('"', '\'').FirstOrDefault())
        && SecretNames.KindOf(name) switch
        {
            NameKind.Secret => !IsHarmless(value.Trim('"', '\'')),
            NameKind.Token => !IsHarmless(value.Trim('"', '\'')) && !NumberPattern().IsMatch(value),
            NameKind.Suspicious => LooksRandom(value),
            _ => false,
        };

    // Empty, a switch, a reference that is resolved elsewhere, a special token, a file.
    private static bool IsHarmless(string value) => HarmlessPattern().IsMatch(value.Trim());

    private static bool LooksRandom(string value) => RunPattern().Matches(value).Select(match => match.Value)
        .Any(run => run.Any(char.IsAsciiDigit) && run.Any(char.IsAsciiLetter) && Entropy(run) >= RandomBitsPerCharacter);

    private static double Entropy(string text) => -text.GroupBy(character => character)
        .Select(group => (double)group.Count() / text.Length)
        .Sum(share => share * Math.Log2(share));

    // AWS, GitHub, GitLab, Hugging Face, OpenAI and Anthropic, Slack, Google, Stripe, npm, PyPI; JSON web tokens; private keys; signed and
    // password-carrying addresses; the Authorization header.
    [GeneratedRegex("""
        \b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b
        | \bgh[pousr]_[A-Za-z0-9]{36,} | \bgithub_pat_[A-Za-z0-9_]{22,} | \bglpat-[A-Za-z0-9_-]{20,} | \bhf_[A-Za-z0-9]{30,}
        | \bsk-(?=[A-Za-z0-9_-]*[0-9])(?=[A-Za-z0-9_-]*[A-Z])[A-Za-z0-9_-]{20,} | \bxox[abeprs]-[A-Za-z0-9-]{10,} | \bAIza[A-Za-z0-9_-]{35} | \b[sr]k_live_[A-Za-z0-9]{16,}
        | \bnpm_[A-Za-z0-9]{36} | \bpypi-[A-Za-z0-9_-]{40,}
        | \beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+
        | -----BEGIN\ [A-Z0-9\ ]*PRIVATE\ KEY
        | [a-z][a-z0-9+.-]{1,30}://[^/\s:@"'<>]{0,100}:[^/\s@"'<>$]{1,200}@
        | [?&]X-Amz-(?:Signature|Security-Token)=[A-Za-z0-9%]
        | \b(?:Bearer|Basic)\s+[A-Za-z0-9+/_.=-]{16,}
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex KnownFormPattern();

    [GeneratedRegex("""(?<![A-Za-z0-9_])(?:-{1,2}(?<name>[A-Za-z][A-Za-z0-9_.-]{1,63})\s+|(?<name>[A-Za-z][A-Za-z0-9_.-]{1,63})\s?[=:]\s?)(?<value>"[^"\n]*"|'[^'\n]*'|[^\s"'&;,|)]+)""",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex AssignmentPattern();

    [GeneratedRegex("""^(?:|true|false|yes|no|none|null|on|off|default|auto|enabled|disabled|arn:.*|ssm:[A-Za-z0-9_./-]+|\$.*|`.*|<.*>|\[.*\]|\{\{.*|[*]+|/(?:opt|etc|run|var|home|root|tmp|mnt)/.*)$""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HarmlessPattern();

    [GeneratedRegex("-----END [A-Z0-9 ]*PRIVATE KEY")]
    private static partial Regex EndOfKeyPattern();

    [GeneratedRegex("^[0-9]{1,9}$")]
    private static partial Regex NumberPattern();

    // Words with hyphens, dots or slashes between them are names and paths.
    [GeneratedRegex("[A-Za-z0-9_]{20,}")]
    private static partial Regex RunPattern();
}
