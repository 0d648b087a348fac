using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.SageMaker.Execution;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Requests;
using BuildPipeline.Sandbox.SageMaker.Spot;

namespace BuildPipeline.Sandbox.SageMaker;

/// <summary>SageMaker's training jobs, AWS JSON 1.1.</summary>
internal sealed class SageMakerService : IAwsApi
{
    private readonly TrainingJobStore _jobs;
    private readonly TrainingJobScheduler _scheduler;
    private readonly TrainingJobRules _rules;
    private readonly AccountLimits _limits;
    private readonly SpotMarket _market;
    private readonly SandboxSettings _settings;
    private readonly TimeProvider _time;
    private readonly AwsOperations _operations;

    public SageMakerService(
        TrainingJobStore jobs,
        TrainingJobScheduler scheduler,
        TrainingJobRules rules,
        AccountLimits limits,
        SpotMarket market,
        SandboxSettings settings,
        TimeProvider time)
    {
        (_jobs, _scheduler, _rules, _limits, _market, _settings, _time) = (jobs, scheduler, rules, limits, market, settings, time);
        _operations = new(new RequestGuard("sagemaker", "ValidationException"), new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
        {
            ["CreateTrainingJob"] = call => Answer(Create(call)),
            ["DescribeTrainingJob"] = call => Answer(TrainingJobDocuments.Describe(Named(call), _time.GetUtcNow())),
            ["ListTrainingJobs"] = call => Answer(TrainingJobList.Page(_jobs.Jobs.Where(job => job.Region == call.Region && !(job.CreationTime > call.ListsUntil)), call.Input)),
            ["StopTrainingJob"] = call => Answer(Stop(call)),
            ["DeleteTrainingJob"] = call => DeleteAsync(call),
            ["AddTags"] = call => Answer(AddTags(call)),
            ["DeleteTags"] = call => Answer(DeleteTags(call)),
            ["ListTags"] = call => Answer(ListTags(call)),
        });
    }

    public string SigningName => "sagemaker";

    public Task HandleAsync(HttpContext context) => AwsJsonProtocol.AnswerAsync(context, "1.1", _operations);

    public Task<JsonObject?> CallAsync(string operation, AwsCall call) => _operations.CallAsync(operation, call);

    private static Task<JsonObject?> Answer(JsonObject? document) => Task.FromResult(document);

    private JsonObject Create(AwsCall call)
    {
        var request = _rules.Check(call.Input, call.Region);
        var now = _time.GetUtcNow();
        var job = new TrainingJob(
            request.TrainingJobName,
            ArnOf(call.Region, request.TrainingJobName),
            call.Input,
            _market.For(request.EnableManagedSpotTraining, now),
            now,
            Array.Empty<Tag>().With(call.Input["Tags"].Deserialize<Tag[]>() ?? []));
        _jobs.Add(job, others => _limits.Admit(job, others));
        _scheduler.Run(job);
        return new JsonObject { ["TrainingJobArn"] = job.Arn };
    }

    private JsonObject? Stop(AwsCall call)
    {
        var job = Named(call);
        if (job.Status != JobStatus.InProgress)
        {
            throw SageMakerErrors.Invalid($"The request was rejected because the training job is in status {job.Status}.");
        }

        _scheduler.Stop(job.Arn);
        return null;
    }

    private async Task<JsonObject?> DeleteAsync(AwsCall call)
    {
        var job = Named(call);
        if (!job.IsOver)
        {
            throw new AwsError(
                400, "ResourceInUse", $"The training job {job.Arn} is in status {job.Status}: only one that has ended can be deleted.");
        }

        await _scheduler.ForgetAsync(job.Arn);
        _jobs.Delete(job.Arn);
        return null;
    }

    private JsonObject AddTags(AwsCall call)
    {
        var added = call.Input["Tags"].Deserialize<Tag[]>() ?? [];
        return DescribeTags(_jobs.Update(ByArn(call).Arn, job => job with { Tags = job.Tags.With(added) }));
    }

    private JsonObject DeleteTags(AwsCall call)
    {
        var keys = call.Input["TagKeys"].Deserialize<string[]>()!;
        _jobs.Update(ByArn(call).Arn, job => job with { Tags = job.Tags.Without(keys) });
        return [];
    }

    // A job has no more tags than the smallest page, so there never was a token.
    private JsonObject ListTags(AwsCall call) => call.Input.Text("NextToken") is null
        ? DescribeTags(ByArn(call))
        : throw SageMakerErrors.Invalid("The NextToken is invalid: it comes from another request.");

    private static JsonObject DescribeTags(TrainingJob job) =>
        new() { ["Tags"] = new JsonArray([.. job.Tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]) };

    private string ArnOf(string region, string name) => $"arn:aws:sagemaker:{region}:{_settings.AccountId}:training-job/{name}";

    private TrainingJob Named(AwsCall call) =>
        _jobs.Find(ArnOf(call.Region, call.Input.RequiredText("TrainingJobName"))) ?? throw SageMakerErrors.NotFound();

    private TrainingJob ByArn(AwsCall call) =>
        _jobs.Find(call.Input.RequiredText("ResourceArn")) is { } job && job.Region == call.Region ? job : throw SageMakerErrors.NotFound();
}
