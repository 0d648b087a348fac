using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Runs training jobs in the sandbox's SageMaker, under the rules that it has for every client.</summary>
internal sealed class TrainingJobEffects : IResourceEffects
{
    private const string Type = "aws_sagemaker_training_job";

    // As internal/service/sagemaker/training_job.go of the provider.
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(45);

    private static readonly TimeSpan BetweenPolls = TimeSpan.FromMilliseconds(200);

    private static readonly ApiDocument Api = new(new HashSet<string>
    {
        "collection_configurations", "debug_rule_configurations", "input_data_config", "instance_groups", "metric_definitions",
        "placement_specifications", "profiler_rule_configurations",
    });

    private static readonly ApiClient SageMaker = new("sagemaker", "SageMaker");
    private static readonly TagApi Tags = new("ResourceArn", "AddTags", "DeleteTags", "ListTags");

    // The provider's own: SageMaker's operation has no such members.
    private static readonly string[] OfTheProvider =
        ["arn", "delete_model_packages_on_destroy", "delete_vpc_enis_on_destroy", "region", "tags", "tags_all", "timeouts"];

    public bool TakesTime => true;

    /// <summary>A new job is waited for until it has ended, as the provider does; of one that exists only the tags can change.</summary>
    /// <exception cref="ResourceError">SageMaker refuses the job or the change, or the job failed.</exception>
    public async Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        var name = NameOf(state);
        if (prior is not null)
        {
            await Tags.UpdateAsync(SageMaker, context, $"updating tags for SageMaker AI Training Job ({name})", prior, state);
            return state;
        }

        var request = Api.Write(state, OfTheProvider);
        if (TagApi.Of(state) is { Count: > 0 } tags)
        {
            request["Tags"] = tags;
        }

        var created = await SageMaker.CallAsync(context, $"creating SageMaker AI Training Job ({name})", "CreateTrainingJob", request);
        var ended = await WaitAsync(context, state, "create", cancellationToken);
        return ended is not null && StatusOf(ended) == "Failed"
            ? throw new ResourceError(
                $"waiting for SageMaker AI Training Job ({name}) create: unexpected state 'Failed', wanted target 'Completed, Stopped'",
                ended.Text("FailureReason") ?? "")
            : state.With("arn", created.Text("TrainingJobArn"));
    }

    public async Task DeleteAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken)
    {
        var (name, action) = (NameOf(state), $"deleting SageMaker AI Training Job ({NameOf(state)})");
        if (await FindAsync(context, name) is not { } job)
        {
            return;
        }

        if (StatusOf(job) == "InProgress")
        {
            await SageMaker.CallAsync(context, action, "StopTrainingJob", Named(name));
        }

        await WaitAsync(context, state, "delete", cancellationToken);
        await SageMaker.CallAsync(context, action, "DeleteTrainingJob", Named(name));
    }

    public async Task<MapValue?> ReadAsync(ResourceContext context, MapValue state)
    {
        if (await FindAsync(context, NameOf(state)) is not { } job)
        {
            return null;
        }

        var arn = job.RequiredText("TrainingJobArn");
        var seen = await Tags.ObserveAsync(SageMaker, context, arn, state);

        // What a job was created with never changes; only an import has to be told.
        return state.Text("role_arn") is not null ? seen : Api.Read(seen, context.Schema.Resources[Type].Type, Imported(job)).With("arn", arn);
    }

    /// <summary>The job's description as soon as it has ended; null if somebody deleted it.</summary>
    /// <param name="purpose">The member of <c>timeouts</c> that limits the wait.</param>
    /// <exception cref="ResourceError">It has not ended in time: it still runs, and a new one is not in terraform's state.</exception>
    private static async Task<JsonObject?> WaitAsync(ResourceContext context, MapValue state, string purpose, CancellationToken cancellationToken)
    {
        var name = NameOf(state);
        var limit = GoDuration.Parse((state["timeouts"] as MapValue)?.Text(purpose), DefaultTimeout);
        var started = context.Time.GetTimestamp();
        try
        {
            var job = await FindAsync(context, name);
            while (job is not null && StatusOf(job) is "InProgress" or "Stopping")
            {
                if (context.Time.GetElapsedTime(started) > limit)
                {
                    throw new ResourceError(
                        $"waiting for SageMaker AI Training Job ({name}) {purpose}",
                        $"timeout while waiting for state to become 'Completed, Stopped' (last state: '{StatusOf(job)}', timeout: {GoDuration.Format(limit)})");
                }

                await Task.Delay(BetweenPolls, context.Time, cancellationToken);
                job = await FindAsync(context, name);
            }

            return job;
        }
        catch (OperationCanceledException)
        {
            throw new ResourceError($"waiting for SageMaker AI Training Job ({name})", "context canceled");
        }
    }

    private static Task<JsonObject?> FindAsync(ResourceContext context, string name) => SageMaker.FindAsync(context, "DescribeTrainingJob", Named(name));

    // An absent flag means the same as one that is off.
    private static JsonObject Imported(JsonObject job) =>
        new(job.Where(member => member.Value?.GetValueKind() != JsonValueKind.False)
            .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));

    private static JsonObject Named(string name) => new() { ["TrainingJobName"] = name };

    private static string NameOf(MapValue state) => state.Text("training_job_name")!;

    private static string StatusOf(JsonObject job) => job.RequiredText("TrainingJobStatus");
}
