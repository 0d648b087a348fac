using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Terminal;
using Cake.Frosting;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Creates the state bucket of an environment, or completes it; changes nothing the second time.</summary>
[TaskName("Bootstrap")]
[TaskDescription("Creates the state bucket of the environment, or sets what it lacks.")]
public sealed class BootstrapTask(IAccount account, EnvironmentFiles files, CommandHints hints, IAnsiConsole console) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(PipelineContext context)
    {
        using var clients = new AwsClients(account, files);
        var (bucket, region) = (files.StateBucket, clients.Connection.Region);
        var caller = await console.RunWithStatusAsync("check the AWS credentials", () => clients.CheckCredentialsAsync(context.Cancellation));
        var properties = await console.RunWithStatusAsync(
            $"set up {bucket}", () => new StateBucketSetup(clients).EnsureAsync(bucket, caller.Account, context.Cancellation));
        foreach (var property in properties)
        {
            console.Field(property.Name, property.Changed ? "set now" : "already set");
        }

        console.Done($"The state bucket {bucket} in {region}, account {caller.Account}, is ready. Price the first run with:\n  {hints.For("CostGate", "--var=enable_training_job=true")}");
    }
}
