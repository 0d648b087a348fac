using Amazon.SageMaker;
using Amazon.SageMaker.Model;
using BuildPipeline.Pipeline.Tests.Training;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Tasks;

/// <summary>The training jobs of a SageMaker in memory.</summary>
internal sealed class FakeJobs
{
    private readonly Dictionary<string, (string Status, List<Tag> Tags)> _jobs = [];

    /// <summary>The requests that created a job, in order.</summary>
    public List<CreateTrainingJobRequest> Created { get; } = [];

    /// <summary>Names of the jobs that were asked to stop.</summary>
    public List<string> Stopped { get; } = [];

    /// <summary>Runs before a job is created; what it throws is SageMaker's answer.</summary>
    public Action<CreateTrainingJobRequest>? OnCreate { get; set; }

    /// <summary>Runs before a job is described, with its name.</summary>
    public Action<string>? OnDescribe { get; set; }

    /// <summary>Runs before the tags of a job are listed, with its name.</summary>
    public Action<string>? OnListTags { get; set; }

    /// <summary>Runs before a job is stopped, with its name.</summary>
    public Action<string>? OnStop { get; set; }

    /// <summary>The status transitions of every job that is described.</summary>
    public List<SecondaryStatusTransition> Transitions { get; } = [];

    public void Attach(IAmazonSageMaker client)
    {
        client.CreateTrainingJobAsync(default!, default).ReturnsForAnyArgs(call => Create(call.Arg<CreateTrainingJobRequest>()));
        client.DescribeTrainingJobAsync(default!, default).ReturnsForAnyArgs(call => Describe(call.Arg<DescribeTrainingJobRequest>().TrainingJobName));
        client.ListTagsAsync(default!, default).ReturnsForAnyArgs(call => ListTags(NameIn(call.Arg<ListTagsRequest>().ResourceArn)));
        client.ListTrainingJobsAsync(default!, default).ReturnsForAnyArgs(call => List(call.Arg<ListTrainingJobsRequest>().StatusEquals.Value));
        client.StopTrainingJobAsync(default!, default).ReturnsForAnyArgs(call => Stop(call.Arg<StopTrainingJobRequest>().TrainingJobName));
    }

    /// <summary>Completes the description of every job.</summary>
    public Action<DescribeTrainingJobResponse>? OnDescribed { get; set; }

    /// <summary>A job that somebody else submitted.</summary>
    public void Add(string name, string status, params IReadOnlyList<(string Key, string Value)> tags) => _jobs[name] = (status, [.. tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })]);

    /// <summary>A job changes to a status.</summary>
    public void Set(string name, string status) => _jobs[name] = (status, _jobs[name].Tags);

    private static string ArnOf(string name) => $"arn:aws:sagemaker:us-east-1:000000000000:training-job/{name}";

    private static string NameIn(string arn) => arn[(arn.LastIndexOf('/') + 1)..];

    private CreateTrainingJobResponse Create(CreateTrainingJobRequest request)
    {
        OnCreate?.Invoke(request);
        Created.Add(request);
        _jobs[request.TrainingJobName] = ("InProgress", request.Tags);
        return new() { TrainingJobArn = ArnOf(request.TrainingJobName) };
    }

    private ListTrainingJobsResponse List(string status) => new()
    {
        TrainingJobSummaries = [.. _jobs.Where(job => job.Value.Status == status).Select(job => new TrainingJobSummary { TrainingJobName = job.Key, TrainingJobStatus = status, CreationTime = TestRuns.Start.UtcDateTime, TrainingJobArn = ArnOf(job.Key) })],
    };

    private DescribeTrainingJobResponse Describe(string name)
    {
        OnDescribe?.Invoke(name);
        if (!_jobs.TryGetValue(name, out var job))
        {
            throw TestRuns.UnknownJob;
        }

        var described = TestRuns.Described(job.Status, job.Status == "InProgress" ? "Training" : job.Status);
        described.TrainingJobName = name;
        described.SecondaryStatusTransitions = [.. Transitions];
        described.TrainingJobArn = ArnOf(name);
        OnDescribed?.Invoke(described);
        return described;
    }

    private ListTagsResponse ListTags(string name)
    {
        OnListTags?.Invoke(name);
        return new() { Tags = _jobs[name].Tags };
    }

    private StopTrainingJobResponse Stop(string name)
    {
        OnStop?.Invoke(name);
        Stopped.Add(name);
        Set(name, "Stopped");
        return new();
    }
}
