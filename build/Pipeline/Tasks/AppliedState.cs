using System.Text.Json.Nodes;
using BuildPipeline.Aws;
using BuildPipeline.Jobs;
using BuildPipeline.Terraform;

namespace BuildPipeline.Tasks;

/// <summary>What the environment has applied, by the outputs in its Terraform state.</summary>
public sealed class AppliedState(S3Documents documents, EnvironmentFiles files)
{
    /// <summary>The job as it is applied; null if nothing is.</summary>
    /// <exception cref="PipelineException">The state cannot be read.</exception>
    public async Task<TrainingJobSpec?> JobAsync(CancellationToken cancellationToken) =>
        await OutputsAsync(cancellationToken) is { } outputs ? TerraformDocuments.ReadJob(outputs) : null;

    /// <summary>The outputs, as JSON; null if nothing is applied.</summary>
    /// <exception cref="PipelineException">The state cannot be read.</exception>
    public async Task<string?> OutputsAsync(CancellationToken cancellationToken)
    {
        var state = await documents.ReadAsync<JsonObject>(files.StateKey, "Terraform state", cancellationToken);
        return state.Value?["outputs"] is JsonObject outputs && outputs.ContainsKey("training_job") ? outputs.ToJsonString() : null;
    }
}
