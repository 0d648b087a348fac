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
            ["DescribeTrainingJob"] = call => Answer(TrainingJobDocuments.Describe(Named(call.Input), _time.GetUtcNow())),
            ["ListTrainingJobs"] = call => Answer(TrainingJobList.Page(_jobs.Jobs, call.Input)),
            ["StopTrainingJob"] = call => Answer(Stop(call.Input)),
            ["DeleteTrainingJob"] = call => DeleteAsync(call.Input),
            ["AddTags"] = call => Answer(AddTags(call.Input)),
            ["ListTags"] = call => Answer(ListTags(call.Input)),
        });
    }

    public string SigningName => "sagemaker";

    public Task HandleAsync(HttpContext context) => AwsJsonProtocol.AnswerAsync(context, "1.1", _operations);

    public Task<JsonObject?> CallAsync(string operation, AwsCall call) => _operations.CallAsync(operation, call);

    private static Task<JsonObject?> Answer(JsonObject? document) => Task.FromResult(document);

    private JsonObject Create(AwsCall call)
    {
        var request = _rules.Check(call.Input);
        var now = _time.GetUtcNow();
        var job = new TrainingJob(
            request.TrainingJobName,
            $"arn:aws:sagemaker:{call.Region}:{_settings.AccountId}:training-job/{request.TrainingJobName}",
            call.Input,
            _market.For(request.EnableManagedSpotTraining, now),
            now,
            Array.Empty<Tag>().With(call.Input["Tags"].Deserialize<Tag[]>() ?? []));
        _jobs.Add(job, others => _limits.Admit(job, others));
        _scheduler.Run(job);
        return new JsonObject { ["TrainingJobArn"] = job.Arn };
    }

    private JsonObject? Stop(JsonObject input)
    {
        var job = Named(input);
        if (job.Status != JobStatus.InProgress)
        {
            throw SageMakerErrors.Invalid($"The request was rejected because the training job is in status {job.Status}.");
        }

        _scheduler.Stop(job.Name);
        return null;
    }

    private async Task<JsonObject?> DeleteAsync(JsonObject input)
    {
        var job = Named(input);
        if (!job.IsOver)
        {
            throw new AwsError(
                400, "ResourceInUse", $"The training job {job.Arn} is in status {job.Status}: only one that has ended can be deleted.");
        }

        await _scheduler.ForgetAsync(job.Name);
        _jobs.Delete(job.Name);
        return null;
    }

    private JsonObject AddTags(JsonObject input)
    {
        var added = input["Tags"].Deserialize<Tag[]>() ?? [];
        return DescribeTags(_jobs.Update(ByArn(input).Name, job => job with { Tags = job.Tags.With(added) }));
    }

    // A job has no more tags than the smallest page, so there never was a token.
    private JsonObject ListTags(JsonObject input) => input.Text("NextToken") is null
        ? DescribeTags(ByArn(input))
        : throw SageMakerErrors.Invalid("The NextToken is invalid: it comes from another request.");

    private static JsonObject DescribeTags(TrainingJob job) =>
        new() { ["Tags"] = new JsonArray([.. job.Tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]) };

    private TrainingJob Named(JsonObject input) =>
        _jobs.Find(input.RequiredText("TrainingJobName")) ?? throw SageMakerErrors.NotFound();

    private TrainingJob ByArn(JsonObject input)
    {
        var arn = input.RequiredText("ResourceArn");
        return _jobs.Jobs.FirstOrDefault(job => job.Arn == arn) ?? throw SageMakerErrors.NotFound();
    }
}
