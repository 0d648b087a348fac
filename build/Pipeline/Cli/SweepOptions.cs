namespace BuildPipeline.Cli;

/// <summary>Reads the options of a sweep.</summary>
internal static class SweepOptions
{
    private const string Task = "Sweep";

    // What works on one run has no meaning for several.
    private static readonly string[] Single = ["detach", "attempt", "node", "follow", "offline", "adopt", "release-lock", "what-if"];

    /// <summary>The file of a new sweep.</summary>
    /// <exception cref="PipelineException">It does not exist, or the target starts no sweep (exit code 2).</exception>
    public static string File(string path, string? target, bool hasRun) =>
        !OptionCatalog.SweepStartTargets.Contains(target) ? throw Bad($"--sweep only applies to the targets {string.Join(", ", OptionCatalog.SweepStartTargets)}.")
        : hasRun ? throw Bad("--sweep finds the sweep of its file, so it cannot be combined with --run.")
        : System.IO.File.Exists(path) ? path
        : throw new PipelineException(CliErrors.VariableFileMissing, $"--sweep: the file {path} does not exist. A relative path starts at the repository root.");

    /// <summary>The options of a call. Where it works on a sweep, one task does what the steps of a run do.</summary>
    /// <exception cref="PipelineException">The target, or an option, works on one run only, or on several only (exit code 2).</exception>
    public static PipelineOptions Apply(PipelineOptions options)
    {
        if (!options.IsSweep)
        {
            return options.Parallel is not null && options.Target is not "Watch" ? throw Bad("--parallel only applies to the target Watch, and to a sweep.") : options;
        }

        if (!OptionCatalog.SweepTargets.Contains(options.Target))
        {
            throw Bad($"--target={options.Target} works on one run, and {options.RunId} is a sweep. Give the run of a variant; Status of the sweep lists them.");
        }

        if (Single.FirstOrDefault(name => options.CakeArguments.Any(argument => argument == $"--{name}" || argument.StartsWith($"--{name}=", StringComparison.Ordinal))) is { } single)
        {
            throw Bad($"--{single} works on one run, not on a sweep.");
        }

        return options with { CakeArguments = [.. options.CakeArguments.Where(argument => argument != $"--target={options.Target}"), $"--target={Task}"] };
    }

    private static PipelineException Bad(string sentence) => new(CliErrors.InvalidValue, sentence);
}
