using System.Text.RegularExpressions;

namespace BuildPipeline.Sandbox.Mlflow;

/// <summary>The part of MLflow's search expressions that the sandbox emulates: equalities that are joined with <c>and</c>.</summary>
internal static partial class RunFilter
{
    /// <summary>Parses an expression; empty is one that fits all.</summary>
    /// <returns>Names, without quotes, and the values that they have to have.</returns>
    /// <exception cref="MlflowError">It is not one, or has another comparison.</exception>
    public static IReadOnlyList<Entry> Parse(string? expression)
    {
        var found = new List<Entry>();
        for (var rest = expression?.Trim() ?? ""; rest.Length > 0;)
        {
            var match = Equality().Match(rest);
            if (!match.Success || (match.Length < rest.Length && match.Groups["and"].Length == 0))
            {
                throw MlflowError.NotEmulated($"the filter \"{expression}\": it takes NAME = 'VALUE', joined with and");
            }

            found.Add(new Entry(match.Groups["prefix"].Value + match.Groups["name"].Value.Trim('`', '"'), match.Groups["value"].Value));
            rest = rest[match.Length..];
        }

        return found;
    }

    /// <exception cref="MlflowError">The filter compares anything but parameters and tags.</exception>
    public static bool Fits(Run run, IReadOnlyList<Entry> filter) => filter.All(wanted => wanted.Key.Split('.', 2) switch
    {
        ["tags" or "tag", var key] => run.Tags.Contains(new Entry(key, wanted.Value)),
        ["params" or "param" or "parameter" or "parameters", var key] => run.Params.Contains(new Entry(key, wanted.Value)),
        _ => throw MlflowError.NotEmulated($"a filter of runs by {wanted.Key}: it has tags.KEY and params.KEY"),
    });

    /// <exception cref="MlflowError">The filter compares anything but the name, the run and the source.</exception>
    public static bool Fits(ModelVersion version, IReadOnlyList<Entry> filter) => filter.All(wanted => wanted.Value == (wanted.Key switch
    {
        "name" => version.Name,
        "run_id" => version.RunId,
        "source_path" => version.Source,
        _ => throw MlflowError.NotEmulated($"a filter of model versions by {wanted.Key}: it has name, run_id and source_path"),
    }));

    [GeneratedRegex("""\A(?<prefix>[A-Za-z]+\.)?(?<name>`[^`]+`|"[^"]+"|[\w-]+)\s*=\s*(?<quote>['"])(?<value>.*?)\k<quote>\s*(?<and>and\s+)?""", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Equality();
}
