using System.Text.RegularExpressions;

namespace BuildPipeline.Secrets;

/// <summary>How much a name says about whether its value is a secret.</summary>
internal enum NameKind
{
    /// <summary>Nothing.</summary>
    Plain,

    /// <summary>It is a secret where it looks random.</summary>
    Suspicious,

    /// <summary>It is a secret unless it is a number, as the tokens of a tokenizer are.</summary>
    Token,

    /// <summary>It is a secret.</summary>
    Secret,
}

/// <summary>Tells by its words whether a name is that of a secret: HF_TOKEN is, max_tokens and secretary are not.</summary>
internal static partial class SecretNames
{
    private static readonly HashSet<string> Secrets = Set(
        "password passwords passwd passphrase secret secrets credential credentials apikey apikeys secretkey privatekey accesskey authorization bearer");

    private static readonly string[] SecretEndings = ["password", "passwd", "passphrase", "secret", "apikey"];

    // A key, token or pass is a secret after these words.
    private static readonly HashSet<string> BeforeKey = Set(
        "api access secret private auth signing encryption ssh account license storage master service subscription shared deploy host wandb openai anthropic comet neptune hf");

    private static readonly HashSet<string> BeforeTokens = Set("api auth access refresh bearer session security personal sas hf github gitlab");
    private static readonly HashSet<string> BeforePass = Set("db database user smtp mysql postgres pg redis root admin");

    // What tokenizers, prompts and counts call a token.
    private static readonly HashSet<string> BeforePlainToken = Set(
        "pad eos bos unk mask sep cls image audio video vision speech special stop start end begin next previous current first last new extra additional per by each "
        + "max min num of to from no single prefix suffix middle infill fim eot eom eod newline space user assistant system tool think thinking text prompt response "
        + "instruction separator boundary placeholder sentinel trigger class query key value target source output input generated predicted label forced decoder "
        + "encoder reserved timestamp loss cost price usd bytes flops time sub word multi add ignore skip");

    // The name of a place, a count or a kind, not of the secret itself.
    private static readonly HashSet<string> AfterSecret = Set(
        "arn arns id ids name names file files path paths dir folder uri region version type kind count counts length len limit size expiry ttl header env environment class stage "
        + "prefix suffix label index rate ratio bucket policy manager enabled required probability weight embedding embeddings ring rotation spec usage state algorithm tf");

    private static readonly HashSet<string> Suspicious = Set("key keys auth pat sas cookie session signature webhook pin jwt dsn pass tokens url");

    /// <summary>What the name says.</summary>
    public static NameKind KindOf(string name)
    {
        string[] words = [.. WordPattern().Matches(name).Select(match => match.Value.ToLowerInvariant())];
        if (words.Length == 0)
        {
            return NameKind.Plain;
        }

        if (words is [.., "access", "key", "id"])
        {
            return NameKind.Secret;
        }

        return AfterSecret.Contains(words[^1]) ? NameKind.Plain
            : words.Any(IsSecret) || words.Zip(words.Skip(1)).Any(IsSecret) ? NameKind.Secret
            : IsToken(words) ? NameKind.Token
            : Suspicious.Contains(words[^1]) ? NameKind.Suspicious
            : NameKind.Plain;
    }

    private static bool IsSecret(string word) =>
        Secrets.Contains(word) || SecretEndings.Any(ending => word.EndsWith(ending, StringComparison.Ordinal));

    private static bool IsSecret((string First, string Second) pair) => pair.Second switch
    {
        "key" or "keys" => BeforeKey.Contains(pair.First),
        "tokens" => BeforeTokens.Contains(pair.First),
        "pass" => BeforePass.Contains(pair.First),
        "pwd" => true,
        "string" => pair.First == "connection",
        _ => false,
    };

    private static bool IsToken(string[] words) =>
        (words[^1] == "token" && (words.Length == 1 || !BeforePlainToken.Contains(words[^2])))
        || BeforeTokens.Any(first => words[^1] == first + "token");

    private static HashSet<string> Set(string words) => [.. words.Split(' ')];

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+")]
    private static partial Regex WordPattern();
}
