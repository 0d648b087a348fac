using BuildPipeline.Accounts;
using BuildPipeline.Terminal;
using BuildPipeline.Terraform;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>What a cleanup leaves, and the end of the state bucket where nothing needs it any more.</summary>
public sealed class CleanupRemainder(PipelineCall call, IAccount account, TerraformStack stack, StateBucket stateBucket)
{
    /// <summary>Removes the state bucket where it is the pipeline's own and no resource is left, and says what remains.</summary>
    /// <param name="terraform">The environment.</param>
    /// <param name="unfinished">One line for each resource outside the state that may exist.</param>
    public async Task ReportAsync(TerraformCall terraform, IReadOnlyList<string> unfinished, CancellationToken cancellationToken)
    {
        var left = await stack.ResourcesAsync(terraform);
        var state = left.Count > 0 ? stateBucket.Name : await stateBucket.RemoveAsync(cancellationToken);
        List<string> remains = [];
        if (left.Count + unfinished.Count > 0)
        {
            remains.Add($"{Counted.Format(left.Count + unfinished.Count, "resource")} ({string.Join(", ", left.Concat(unfinished))})");
        }

        if (state is not null)
        {
            remains.Add($"the state bucket {state} (Terraform state, run logs, ledgers)");
        }

        call.Console.Say(remains.Count == 0 ? "Nothing remains." : $"What remains: {string.Join(", and ", remains)}.");

        // Elsewhere than on AWS, the service may not exist.
        if (unfinished.Count > 0 && account.EndpointOf("RESOURCE_GROUPS_TAGGING_API") is null)
        {
            call.Console.WriteLine("To list resources that terraform does not know by their tag, run:");
            call.Console.WriteUnwrapped($"  aws resourcegroupstaggingapi get-resources --tag-filters Key=environment,Values={call.Options.Environment}");
        }
    }
}
