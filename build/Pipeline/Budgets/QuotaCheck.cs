using Amazon.ServiceQuotas.Model;
using BuildPipeline.Aws;
using BuildPipeline.Jobs;

namespace BuildPipeline.Budgets;

/// <summary>What Service Quotas says of a job.</summary>
/// <param name="Quotas">The quotas that bind it.</param>
/// <param name="Warning">One sentence where they could not be read; null otherwise.</param>
public sealed record QuotaReport(IReadOnlyList<QuotaUse> Quotas, string? Warning);

/// <summary>Looks up the service quotas that bind a job, by their names: their codes differ from type to type.</summary>
public sealed class QuotaCheck(IAwsClients clients)
{
    /// <summary>Reads the quotas of a job on each node option; what cannot be read is a warning, for SageMaker has the last word anyway.</summary>
    /// <param name="job">The job.</param>
    /// <param name="mayMove">True if a spot job may have to continue on demand, which has separate quotas.</param>
    public async Task<QuotaReport> CheckAsync(TrainingJobSpec job, bool mayMove, CancellationToken cancellationToken)
    {
        List<(int NodeOption, string Name, decimal Needed)> needs =
            [.. job.NodeOptions().Index().SelectMany(nodeOption => Needs(nodeOption.Item, mayMove).Select(need => (nodeOption.Index + 1, need.Key, need.Value)))];
        var names = needs.Select(need => need.Name).ToHashSet(StringComparer.Ordinal);
        Dictionary<string, decimal> limits = new(StringComparer.Ordinal);
        string? warning = null;
        try
        {
            var listed = clients.ServiceQuotas.Paginators.ListServiceQuotas(new ListServiceQuotasRequest { ServiceCode = "sagemaker", MaxResults = 100 });
            await foreach (var quota in listed.Quotas.WithCancellation(cancellationToken))
            {
                if (quota.Value is { } value && names.Contains(quota.QuotaName))
                {
                    limits[quota.QuotaName] = (decimal)value;
                }
            }
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            warning = $"The service quotas were not checked: {AwsErrors.ToPipelineException(exception, "reading the service quotas", clients.Connection).Message}";
        }

        return new QuotaReport([.. needs.Select(need => new QuotaUse(need.Name, limits.TryGetValue(need.Name, out var limit) ? limit : null, need.Needed, need.NodeOption))], warning);
    }

    private static Dictionary<string, decimal> Needs(TrainingJobSpec job, bool mayMove)
    {
        Dictionary<string, decimal> needs = new(StringComparer.Ordinal) { ["Longest run time for a training job"] = job.MaxRuntimeSeconds };
        string[] kinds = !job.UseSpotInstances ? ["training"] : mayMove ? ["spot training", "training"] : ["spot training"];
        foreach (var kind in kinds)
        {
            needs[$"{job.InstanceType} for {kind} job usage"] = job.InstanceCount;
            needs[$"Maximum number of instances per {kind} job"] = job.InstanceCount;
            needs[$"Number of instances across all {kind} jobs"] = job.InstanceCount;
        }

        return needs;
    }
}
