using System.Globalization;
using System.Text;
using BuildPipeline.Sweeps;

namespace BuildPipeline.Tasks;

/// <summary>Works on a sweep's variant in a process of its own, with the variables of the variant in a file.</summary>
public sealed class VariantProcess(PipelineCall call, RunProcess processes) : IVariantProcess
{
    /// <summary>The file with the output, in the folder of the variant's run.</summary>
    internal const string Log = "sweep.log";

    // A process that is left behind ends by itself after this long.
    private static readonly TimeSpan Turn = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public Task<ExitCode> PriceAsync(SweepRecord sweep, SweepVariant variant, CancellationToken cancellationToken) => RunAsync("CostGate", sweep, variant, [], cancellationToken);

    /// <inheritdoc/>
    public Task<ExitCode> LaunchAsync(SweepRecord sweep, SweepVariant variant, CancellationToken cancellationToken)
    {
        var wait = call.Options.Wait is { } asked && asked < Turn ? asked : Turn;
        return RunAsync("Launch", sweep, variant, [string.Create(CultureInfo.InvariantCulture, $"--wait={(int)wait.TotalSeconds}s")], cancellationToken);
    }

    private async Task<ExitCode> RunAsync(string target, SweepRecord sweep, SweepVariant variant, IReadOnlyList<string> options, CancellationToken cancellationToken)
    {
        var file = Path.Combine(call.Options.ArtifactsFolder, "sweeps", sweep.SweepId, string.Create(CultureInfo.InvariantCulture, $"{variant.Number}.tfvars.json"));
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        WholeFile.Write(file, Encoding.UTF8.GetBytes(variant.Variables.ToJsonString(RunJson.Indented) + "\n"));

        // An option would win over the file of the variant.
        var shared = sweep.Variables.Where(variable => !variant.Variables.ContainsKey(variable.Split('=')[0].Trim()));
        var files = call.Options.VariableFiles.Count > 0 ? call.Options.VariableFiles : sweep.VariableFiles.Where(File.Exists);
        List<string> own =
        [
            $"--run={variant.RunId}", .. options, .. sweep.JobFile is { } job ? new[] { $"--job={job}" } : [],
            .. shared.Select(variable => $"--var={variable}"), .. files.Append(file).Select(path => $"--var-file={path}"),
        ];
        return await processes.RunAsync(variant.RunId, Log, call.Hints.Without("var", "var-file").Arguments(target, own), cancellationToken);
    }
}
