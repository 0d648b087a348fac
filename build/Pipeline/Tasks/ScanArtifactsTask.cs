using BuildPipeline.Runs;
using BuildPipeline.Secrets;
using BuildPipeline.Terminal;
using Cake.Frosting;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Scans the records of all runs for secrets before they are uploaded.</summary>
[TaskName("ScanArtifacts")]
[TaskDescription("Scans the records of all runs for secrets before they are uploaded.")]
public sealed class ScanArtifactsTask(RunStore store, IAnsiConsole console) : FrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override void Run(PipelineContext context) => Scan();

    /// <summary>Scans.</summary>
    /// <exception cref="PipelineException">A file holds what looks like a secret, or cannot be read (exit code 1).</exception>
    public void Scan()
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
