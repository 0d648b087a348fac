namespace BuildPipeline.Secrets;

/// <summary>A text with settings, and what a person calls it.</summary>
/// <param name="Name">For example <c>--var</c> or the path of a file.</param>
/// <param name="Text">HCL or JSON.</param>
public sealed record SettingsSource(string Name, string Text);

/// <summary>Finds values that look like secrets, before they are written anywhere.</summary>
public static class SecretScan
{
    private const int MostNames = 5;

    private const string CutMark = " (cut: looks like a secret)";

    private const string Advice =
        "looks like a secret, and its value would be readable in the plan, the Terraform state, the run's record and SageMaker's console. Remove it, and name the secret "
        + "in secret_environment instead (docs/how-to/use-secrets.md). If it is not a secret, give the key another name.";

    private const string ReferenceAdvice =
        "does not say where the secret is. If it is the secret itself, store it in Parameter Store or Secrets Manager (docs/how-to/use-secrets.md). Then give its place: "
        + "ssm:NAME or ssm:/PATH/NAME of letters, digits, and the characters _ . -, without a version; or the whole ARN of a secret in Secrets Manager.";

    /// <summary>A variable of the command line or the environment, <c>NAME=VALUE</c>, as Terraform reads it.</summary>
    public static SettingsSource Variable(string source, string assignment)
    {
        var (name, value) = assignment.IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? (assignment[..at], assignment[(at + 1)..]) : ("", assignment);
        var isExpression = value.TrimStart() is ['{' or '[' or '"', ..];
        return new(source, $"{name} = {(isExpression ? value : Quoted(value))}");
    }

    /// <summary>Where the sources have values that look like secrets, for a message: never a value.</summary>
    public static IReadOnlyList<string> Find(IEnumerable<SettingsSource> sources) =>
    [
        .. from source in sources
           from setting in SettingsText.Read(source.Text)
           where SecretValues.IsSecret(setting.Name, setting.Value) || SecretValues.HasKnownForm(setting.Path)
           select $"{Shown(setting.Path)} ({source.Name})",
    ];

    /// <summary>Refuses settings that hold secrets.</summary>
    /// <exception cref="PipelineException">One does (exit code 2); the message names it, without its value.</exception>
    public static void RequireNone(IEnumerable<SettingsSource> sources)
    {
        var found = Find(sources).Distinct().ToList();
        if (found.Count > 0)
        {
            throw new PipelineException(SecretErrors.InConfiguration,
                $"{string.Join(", ", found.Take(MostNames))}{(found.Count > MostNames ? $" and {found.Count - MostNames} more" : "")}: {(found.TrueForAll(IsReference) ? ReferenceAdvice : Advice)}");
        }
    }

    private static bool IsReference(string place) => place.StartsWith("secret_environment.", StringComparison.Ordinal);

    /// <summary>A line of others for people to read, up to where it has the form of a known secret.</summary>
    public static string CutBefore(string line) => SecretValues.KnownFormAt(line) is { } at ? line[..at].TrimEnd() + CutMark : line;

    /// <summary>A program's own text, for a record or for many readers: up to where it holds a secret, by its form or because it is assigned to the name of one.</summary>
    /// <remarks>What <see cref="ArtifactScan"/> looks for is in no text that this returns.</remarks>
    public static string CutSecret(string text)
    {
        // What ends earlier may have another form: a key's id that letters followed.
        var (kept, shown) = (text, text);
        while (SecretValues.SecretAt(shown) is { } at)
        {
            kept = kept[..Math.Clamp(at, 0, Math.Max(0, kept.Length - 1))].TrimEnd();
            shown = kept.Length == 0 ? CutMark.TrimStart() : kept + CutMark;
        }

        return shown;
    }

    /// <summary>Lines of a log up to the first that holds a secret: those after it may belong to it, as the lines of a key do.</summary>
    public static IEnumerable<string> CutBefore(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            if (SecretValues.HoldsSecret(line))
            {
                yield return "(the rest is left out: this line looks like a secret)";
                yield break;
            }

            yield return line;
        }
    }

    // A secret may have been given as a key by mistake.
    private static string Shown(string path) => string.Concat((SecretValues.HasKnownForm(path) ? path.Split('.')[0] : path)
        .Select(character => char.IsControl(character) ? '?' : character));

    private static string Quoted(string value) =>
        $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}
