using System.Globalization;
using BuildPipeline.Cli;
using BuildPipeline.Runs;
using BuildPipeline.Terraform;

namespace BuildPipeline.Tasks;

/// <summary>Options that shape a run take effect when it is planned and priced. Later they may be repeated, and not changed.</summary>
public static class RecordedOptions
{
    /// <summary>Refuses options whose values differ from those that the run has recorded.</summary>
    /// <param name="run">An existing run.</param>
    /// <param name="options">The command line.</param>
    /// <exception cref="PipelineException">One does (exit code 2).</exception>
    public static void Require(RunRecord run, PipelineOptions options)
    {
        // Plan reads them anew; Forecast compares, and decides nothing.
        var differing = options.Target is "Plan" || run.Plan is null ? [] : Variables(run, options)
            .Concat(options.Target is "Forecast" ? [] : Terms(run, options))
            .Where(option => OptionCatalog.Find(option.Name)!.Targets.Contains(options.Target!))
            .Select(option => $"--{option.Name}={option.Value}")
            .ToList();
        if (differing.Count > 0)
        {
            throw new PipelineException(
                RunErrors.FixedOption,
                $"{string.Join(" and ", differing)} cannot be applied to run {run.RunId}, which was planned and priced with other values. Omit the option to continue that run. To use other values, start a new run when this one is finished or stopped.");
        }
    }

    private static IEnumerable<(string Name, string Value)> Variables(RunRecord run, PipelineOptions options)
    {
        if (run.Plan!.Configuration is not { } planned)
        {
            return [];
        }

        var variables = options.Variables.Select(ConfigurationFiles.Split)
            .GroupBy(variable => variable.Name)
            .Where(same => planned.Variables.GetValueOrDefault(same.Key) != same.Last().Sha256)
            .Select(same => ("var", $"{same.Key}=..."));

        // An edited file is reported when the approval is checked; here, it is a different file.
        var files = options.VariableFiles
            .Where(file => !planned.VariableFiles.ContainsKey(file) && !planned.VariableFiles.Values.Contains(TerraformDocuments.Sha256(file)))
            .Select(file => ("var-file", file));
        return variables.Concat(files);
    }

    private static IEnumerable<(string Name, string Value)> Terms(RunRecord run, PipelineOptions options)
    {
        if (options.Policy is { } policy && run.Terms is { } terms && policy != terms.Policy)
        {
            yield return ("policy", policy);
        }

        if (options.Deadline is { } deadline && run.Terms is { } priced && deadline.TotalHours != priced.DeadlineHours)
        {
            yield return ("deadline", deadline.ToString("g", CultureInfo.InvariantCulture));
        }
    }
}
