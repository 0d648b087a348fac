using System.Text;

namespace BuildPipeline.Tracking;

/// <summary>A run in the form that every version of MLflow takes: its names, its lengths.</summary>
/// <remarks>The limits are MLflow's documented ones (REST API, "Request Limits"; mlflow/utils/validation.py).</remarks>
public static class MlflowForm
{
    private const int LongestKey = 250;
    private const int LongestParam = 6000;
    private const int LongestTag = 5000;

    /// <summary>The run with MLflow's names and lengths.</summary>
    public static TrackedRun Create(TrackedRun run)
    {
        var names = Names(run.Metrics.Select(point => point.Name));
        var tags = new Dictionary<string, string>(run.Tags);
        if (tags.TryGetValue("pipeline.commit", out var commit))
        {
            // MLflow's own tag for it, which its pages show.
            tags["mlflow.source.git.commit"] = commit;
        }

        return run with
        {
            Params = Entries(run.Params, LongestParam),
            Tags = Entries(tags, LongestTag),
            Metrics = [.. run.Metrics.Select(point => point with { Name = names[point.Name], At = DateTimeOffset.FromUnixTimeMilliseconds(point.At.ToUnixTimeMilliseconds()) })],
        };
    }

    /// <summary>How many values are cut to MLflow's lengths.</summary>
    public static int CountCut(TrackedRun run) =>
        run.Params.Values.Count(value => value.Length > LongestParam) + run.Tags.Values.Count(value => value.Length > LongestTag);

    /// <summary>A name for each name, different for different ones: what MLflow's older versions refuse in one is replaced.</summary>
    public static IReadOnlyDictionary<string, string> Names(IEnumerable<string> names)
    {
        var (found, taken) = (new Dictionary<string, string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));

        // One that is valid as it is keeps its name, whatever comes before it.
        foreach (var name in names.Distinct().OrderBy(name => name != NameOf(name)).ThenBy(name => name, StringComparer.Ordinal))
        {
            var valid = NameOf(name);
            var unique = valid;
            for (var number = 2; !taken.Add(unique); number++)
            {
                unique = $"{Cut(valid, LongestKey - 4)}_{number}";
            }

            found[name] = unique;
        }

        return found;
    }

    private static Dictionary<string, string> Entries(IReadOnlyDictionary<string, string> entries, int longest)
    {
        var names = Names(entries.Keys);
        return entries.ToDictionary(entry => names[entry.Key], entry => Cut(entry.Value, longest));
    }

    // "train:loss" becomes "train/loss", which MLflow's pages show in a group. A name may be a file's: none is above its folder.
    private static string NameOf(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var character in name)
        {
            text.Append(character == ':' ? '/' : char.IsLetterOrDigit(character) || character is '_' or '.' or '-' or ' ' or '/' ? character : '_');
        }

        var parts = text.ToString().Split('/').Where(part => part.Length > 0).Select(part => part.All(character => character == '.') ? new string('_', part.Length) : part);
        return Cut(string.Join('/', parts), LongestKey) is { Length: > 0 } valid ? valid : "_";
    }

    private static string Cut(string text, int longest) => text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];
}
