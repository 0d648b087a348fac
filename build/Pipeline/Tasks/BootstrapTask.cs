using BuildPipeline.Aws;
using BuildPipeline.Terminal;
using Cake.Frosting;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Creates the state bucket of an environment, or completes it; changes nothing the second time.</summary>
[TaskName("Bootstrap")]
[TaskDescription("Creates the state bucket of the environment, or sets what it lacks.")]
public sealed class BootstrapTask(Lazy<EnvironmentAccess> access, CommandHints hints, IAnsiConsole console) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(PipelineContext context)
    {
        var (bucket, region) = (access.Value.StateBucket, access.Value.StateConnection.Region);
        var clients = access.Value.ClientsIn(region);
        var caller = await console.WorkAsync("check the AWS credentials", () => clients.CheckCredentialsAsync(context.Cancellation));
        var properties = await console.WorkAsync(
            $"set up {bucket}", () => new StateBucketSetup(clients).EnsureAsync(bucket, caller.Account, context.Cancellation));
        foreach (var property in properties)
        {
            console.Field(property.Name, property.Changed ? "set now" : "already set");
        }

        console.Done($"The state bucket {bucket} in {region}, account {caller.Account}, is ready. Price the first run with:\n  {hints.For("CostGate")}");
    }
}
