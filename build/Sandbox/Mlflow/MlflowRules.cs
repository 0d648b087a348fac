using System.Text.RegularExpressions;

namespace BuildPipeline.Sandbox.Mlflow;

/// <summary>MLflow's own limits and names (mlflow/utils/validation.py).</summary>
internal static partial class MlflowRules
{
    /// <summary>Bytes of one log-batch request.</summary>
    public const int LongestBatch = 1_000_000;

    /// <summary>The page of runs/search where the request names none, and the largest.</summary>
    public const int RunsOnPage = 1000;
    public const int MostRunsOnPage = 50_000;

    private const int LongestKey = 250;
    private const int LongestParam = 6000;
    private const int LongestTag = 5000;
    private const int LongestExperiment = 500;
    private const int MostMetrics = 1000;
    private const int MostParamsOrTags = 100;
    private const int MostTogether = 1000;

    /// <exception cref="MlflowError">The batch has more than MLflow takes at once.</exception>
    public static void RequireBatch(int metrics, int params_, int tags)
    {
        RequireAtMost(MostMetrics, metrics, "metrics");
        RequireAtMost(MostParamsOrTags, params_, "params");
        RequireAtMost(MostParamsOrTags, tags, "tags");
        RequireAtMost(MostTogether, metrics + params_ + tags, "metrics, params, and tags");
    }

    public static Metric Checked(Metric metric)
    {
        RequireKey("metric", metric.Key);
        if (metric.Timestamp < 0)
        {
            throw MlflowError.Invalid(
                $"Got invalid timestamp {metric.Timestamp} for metric '{metric.Key}' (value={metric.Value}). Timestamp must be a nonnegative long (64-bit integer) ");
        }

        // A database has no infinity.
        return metric with { Value = double.IsInfinity(metric.Value) ? double.CopySign(double.MaxValue, metric.Value) : metric.Value };
    }

    /// <summary>A parameter as the server keeps it: a value that is too long is cut (MLFLOW_TRUNCATE_LONG_VALUES is true by default).</summary>
    public static Entry CheckedParam(Entry entry) => Checked("parameter", entry, LongestParam);

    /// <summary>A tag as the server keeps it.</summary>
    public static Entry CheckedTag(Entry entry) => Checked("tag", entry, LongestTag);

    public static void RequireExperimentName(string name)
    {
        if (name.Length > LongestExperiment)
        {
            throw MlflowError.Invalid($"Experiment name exceeds the maximum length of {LongestExperiment} characters");
        }
    }

    private static Entry Checked(string kind, Entry entry, int longest)
    {
        RequireKey(kind, entry.Key);
        return entry.Value.Length <= longest ? entry : entry with { Value = entry.Value[..longest] };
    }

    private static void RequireKey(string kind, string key)
    {
        if (!Name().IsMatch(key))
        {
            throw MlflowError.Invalid(
                $"Invalid {kind} name: '{key}'. Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), and slashes (/).");
        }

        if (key.Split('/').Any(part => part is "" or "." or ".."))
        {
            throw MlflowError.Invalid(
                $"Invalid {kind} name: '{key}'. Names may be treated as files in certain cases, and must not resolve to other names when treated as such.");
        }

        if (key.Length > LongestKey)
        {
            throw MlflowError.Invalid($"{kind} name '{key}' had length {key.Length}, which exceeded length limit of {LongestKey}");
        }
    }

    private static void RequireAtMost(int limit, int count, string what)
    {
        if (count > limit)
        {
            throw MlflowError.Invalid(
                $"A batch logging request can contain at most {limit} {what}. Got {count} {what}. Please split up {what} across multiple requests and try again.");
        }
    }

    // The names of all versions; newer ones take a colon too.
    [GeneratedRegex(@"\A[/\w.\- ]*\z")]
    private static partial Regex Name();
}
