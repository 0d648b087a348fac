using BuildPipeline.Runs;
using BuildPipeline.Secrets;
using BuildPipeline.Terminal;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Looks for secrets in the records of all runs before a workflow uploads them.</summary>
public sealed class ScanArtifactsStage(RunStore store, IAnsiConsole console)
{
    /// <summary>Scans.</summary>
    /// <exception cref="PipelineException">A file holds what looks like a secret, or cannot be read (exit code 1).</exception>
    public void Run()
    {
        var found = Find();
        if (found.Count > 0)
        {
            throw new PipelineException(SecretErrors.InArtifacts,
                $"These files hold what looks like a secret and must not be uploaded: {string.Join(", ", found)}. Delete them, and replace the secret if others could read it.");
        }

        console.Done($"No secrets found in {store.RunsFolder}.");
    }

    private IReadOnlyList<string> Find()
    {
        try
        {
            return ArtifactScan.Find(store.RunsFolder);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new PipelineException(SecretErrors.NotScanned, $"The files in {store.RunsFolder} could not be scanned for secrets: {exception.Message}", exception);
        }
    }
}
