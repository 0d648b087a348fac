using System.Globalization;
using BuildPipeline.Cli;
using BuildPipeline.Runs;
using BuildPipeline.Stalls;
using BuildPipeline.Terraform;

namespace BuildPipeline.Tasks;

/// <summary>Options that shape a run take effect when it is planned and priced. Later they may be repeated, and not changed.</summary>
public static class RecordedOptions
{
    /// <summary>Refuses options whose values differ from those that the run has recorded.</summary>
    /// <param name="run">An existing run.</param>
    /// <param name="options">The command line.</param>
    /// <param name="hints">Writes the commands that the refusal suggests.</param>
    /// <param name="isRunning">Says whether a training job is running; null if that is not known.</param>
    /// <exception cref="PipelineException">One does, or names no variable (exit code 2).</exception>
    public static async Task RequireAsync(RunRecord run, PipelineOptions options, CommandHints hints, Func<string, Task<bool?>> isRunning)
    {
        // Plan reads them anew; Forecast compares, and decides nothing.
        var differing = options.Target is "Plan" || run.Plan is null ? [] : Variables(run, options)
            .Concat(options.Target is "Forecast" ? [] : Terms(run, options))
            .Where(option => OptionCatalog.Find(option.Name)!.Targets.Contains(options.Target!))
            .Select(option => $"--{option.Name}={option.Value}")
            .ToList();
        if (differing.Count == 0)
        {
            return;
        }

        // A name that is not declared is mistyped, and no other run would take it.
        TerraformVariables.Check(options.Variables, TerraformEnvironment.ModuleOf(options.RepositoryRoot));
        throw new PipelineException(
            RunErrors.FixedOption,
            $"{string.Join(" and ", differing)} cannot be applied to run {run.RunId}, which was planned and priced with other values. {await WayOutAsync(run, options, hints, isRunning)}");
    }

    // An open run has or may have a job, whose end has to be recorded before the next run starts.
    private static async Task<string> WayOutAsync(RunRecord run, PipelineOptions options, CommandHints hints, Func<string, Task<bool?>> isRunning)
    {
        var id = $"--run={run.RunId}";
        var recorded = hints.Without("var", "var-file", "policy", "deadline", "on-stall", "policy-command");
        var anew = hints.For(options.Target!);
        if (!run.IsOpen)
        {
            return $"Continue that run as it was planned with:\n  {recorded.For(options.Target!, id)}\nStart a new run with other values with:\n  {anew}";
        }

        var job = run.CurrentAttempt!.JobName;
        return await isRunning(job) switch
        {
            false => $"Its job {job} is not running. Finish that run as it was planned with:\n  {recorded.For("Launch", id)}\nThen start a new run with other values with:\n  {anew}",
            var known => $"Continue that run as it was planned, to its end, with:\n  {recorded.For("Launch", id)}\nTo use other values, stop its job{(known is null ? " if it is still running" : "")}, finish the run, then start a new one:\n  {recorded.For("Stop", id)}\n  {recorded.For("Launch", id)}\n  {anew}",
        };
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

        if (options.OnStall is { } onStall && run.Terms is { } fixedTerms && onStall != (fixedTerms.OnStall ?? OnStall.Warn))
        {
            yield return ("on-stall", Format.Words(onStall));
        }

        if (options.PolicyCommand is { } command && (run.Subject is not null || run.PolicyCheck is not null) && command != run.PolicyCheck?.Command)
        {
            yield return ("policy-command", command);
        }
    }
}
