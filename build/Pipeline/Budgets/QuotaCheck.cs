using Amazon.ServiceQuotas.Model;
using BuildPipeline.Aws;
using BuildPipeline.Runs;

namespace BuildPipeline.Budgets;

/// <summary>What Service Quotas says of a job.</summary>
/// <param name="Quotas">The quotas that bind it.</param>
/// <param name="Warning">One sentence where they could not be read; null otherwise.</param>
public sealed record QuotaReport(IReadOnlyList<QuotaUse> Quotas, string? Warning);

/// <summary>Looks up the service quotas that bind a job, by their names: their codes differ from type to type.</summary>
public sealed class QuotaCheck(IAwsClients clients)
{
    /// <summary>Reads the quotas of a job; what cannot be read is a warning, for SageMaker has the last word anyway.</summary>
    public async Task<QuotaReport> CheckAsync(TrainingJobSpec job, CancellationToken cancellationToken)
    {
        var needs = Needs(job);
        Dictionary<string, decimal> limits = new(StringComparer.Ordinal);
        string? warning = null;
        try
        {
            var listed = clients.ServiceQuotas.Paginators.ListServiceQuotas(new ListServiceQuotasRequest { ServiceCode = "sagemaker", MaxResults = 100 });
            await foreach (var quota in listed.Quotas.WithCancellation(cancellationToken))
            {
                if (quota.Value is { } value && needs.ContainsKey(quota.QuotaName))
                {
                    limits[quota.QuotaName] = (decimal)value;
                }
            }
        }
        catch (Exception exception) when (AwsErrors.IsFromAws(exception, cancellationToken))
        {
            warning = $"The service quotas are not checked: {AwsErrors.Explain(exception, "reading the service quotas", clients.Connection).Message}";
        }

        return new QuotaReport([.. needs.Select(need => new QuotaUse(need.Key, limits.TryGetValue(need.Key, out var limit) ? limit : null, need.Value))], warning);
    }

    private static Dictionary<string, decimal> Needs(TrainingJobSpec job)
    {
        var kind = job.UseSpotInstances ? "spot training" : "training";
        return new(StringComparer.Ordinal)
        {
            [$"{job.InstanceType} for {kind} job usage"] = job.InstanceCount,
            [$"Maximum number of instances per {kind} job"] = job.InstanceCount,
            [$"Number of instances across all {kind} jobs"] = job.InstanceCount,
            ["Longest run time for a training job"] = job.MaxRuntimeSeconds,
        };
    }
}
