using System.Diagnostics;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.CloudWatch.Metrics;
using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Faults;
using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Logs;
using BuildPipeline.Sandbox.SageMaker;
using BuildPipeline.Sandbox.SageMaker.Execution;
using BuildPipeline.Sandbox.SageMaker.Images;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Nodes;
using BuildPipeline.Sandbox.SageMaker.Requests;
using BuildPipeline.Sandbox.SageMaker.Spot;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.Tests.Authorization;

namespace BuildPipeline.Sandbox.Tests.SageMaker;

/// <summary>The job machinery in virtual time, on fake nodes.</summary>
internal sealed class JobHarness : IAsyncDisposable
{
    public const string Bucket = "artifacts";

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RealLimit = TimeSpan.FromSeconds(20);

    private readonly string _state = Directory.CreateTempSubdirectory("sandbox-jobs-").FullName;

    private readonly JobSettings _settings;
    private readonly TrainingImages _images;

    public JobHarness(JobSettings? settings = null, TrainingImages? images = null)
    {
        _settings = settings ?? new JobSettings();
        _images = images ?? TrainingImages.BuiltIn;
        Objects.CreateBucket(Bucket, "us-east-1");
        Platform = NewPlatform();
        Scheduler = new TrainingJobScheduler(Platform);
    }

    public HarnessTime Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)) { AutoAdvanceAmount = TimeSpan.Zero };

    public MemoryObjectStore Objects { get; } = new();

    public FakeNodeRunner Runner { get; } = new();

    /// <summary>The roles that IAM knows; by default that of the jobs, which may do everything.</summary>
    public TestRoles Roles { get; } = new TestRoles().With("{'Effect':'Allow','Action':'*','Resource':'*'}", TestAccount.Role);

    public FaultPlan Faults { get; } = new(new RequestLog(TimeProvider.System));

    public JobPlatform Platform { get; private set; }

    public TrainingJobScheduler Scheduler { get; private set; }

    public TrainingJob Job(string name = "job") => Platform.Stores.Jobs.Find(ArnOf(name))!;

    /// <summary>The ARN of a job of this harness.</summary>
    public static string ArnOf(string name) => $"arn:aws:sagemaker:us-east-1:000000000000:training-job/{name}";

    /// <summary>The service that takes requests for this harness's jobs.</summary>
    /// <param name="account">What terraform has created; by default nothing.</param>
    public SageMakerService Service(TestAccount? account = null)
    {
        var settings = new SandboxSettings(_state);
        var rules = new TrainingJobRules(Objects, _images, (account ?? new TestAccount()).AsResources());
        return new(Platform.Stores.Jobs, Scheduler, rules, new AccountLimits(Faults), new SpotMarket(settings), settings, Time);
    }

    public IEnumerable<Phase> Phases => Job().Transitions.Select(transition => transition.Status);

    /// <summary>Submits a job and starts to work on it, up to where it waits for time to pass.</summary>
    public Task SubmitAsync(JsonObject request, SpotSchedule? spot = null)
    {
        var (name, now) = (request["TrainingJobName"]!.GetValue<string>(), Time.GetUtcNow());
        var job = new TrainingJob(
            name, ArnOf(name), request, spot ?? new SpotSchedule([]), now, []);
        Platform.Stores.Jobs.Add(job, _ => { });

        // Outside of the test's synchronization context, so what waits for virtual time continues within its advance.
        return Task.Run(() => Scheduler.Run(job));
    }

    /// <summary>Lets virtual time pass.</summary>
    public async Task PassAsync(double seconds)
    {
        await SettleAsync();
        for (var left = TimeSpan.FromSeconds(seconds); left > TimeSpan.Zero; left -= Step)
        {
            await Task.Run(() => Time.Advance(left < Step ? left : Step));
            await SettleAsync();
        }
    }

    /// <summary>Lets hours pass at once: for programs that do nothing in between.</summary>
    public async Task JumpAsync(TimeSpan length)
    {
        await Task.Run(() => Time.Advance(length));
        await SettleAsync();
    }

    /// <summary>Waits in real time until the job is where a test expects it, without virtual time passing.</summary>
    public Task UntilAsync(Func<TrainingJob, bool> reached) => UntilAsync("job", reached);

    /// <summary>As <see cref="UntilAsync(Func{TrainingJob, bool})"/>, of a job of that name.</summary>
    public async Task UntilAsync(string name, Func<TrainingJob, bool> reached)
    {
        var started = Stopwatch.StartNew();
        while (!reached(Job(name)))
        {
            Assert.True(started.Elapsed < RealLimit, $"The job stays in {Job(name).Status}/{Job(name).Phase}: {Job(name).FailureReason}");
            await Task.Delay(1);
        }
    }

    /// <summary>Lets the programs of the job end well, and virtual time pass until the job is over.</summary>
    public async Task UntilOverAsync()
    {
        while (!Job().IsOver)
        {
            await PassAsync(Step.TotalSeconds);
            foreach (var node in Runner.Nodes.Where(node => !node.Exit.IsCompleted))
            {
                node.End(0);
            }
        }
    }

    /// <summary>Waits until the instances of an interruption that is due are gone.</summary>
    public Task InterruptedAsync() => UntilAsync(job => job.Phase == Phase.Interrupted);

    /// <summary>Passes the pause before the launch, into Training.</summary>
    public async Task ToTrainingAsync(int attempt = 1)
    {
        var nodes = Job().Request.ResourceConfig.InstanceCount;
        while (Job().Phase != Phase.Training || Job().Attempts != attempt)
        {
            await PassAsync(Step.TotalSeconds);
            Assert.False(Job().IsOver, Job().FailureReason);
        }

        // The beat of an attempt is the last thing that it starts: from then on it waits for virtual time only.
        await UntilAsync(_ => Time.Repeats(_settings.Sampling) && Runner.Nodes.Count >= nodes && Runner.Current.Count == nodes && Runner.Current[0].Attempt == $"attempt-{attempt}");
    }

    /// <summary>Makes the programs that run now end well when they are asked to.</summary>
    public void EndWhenAsked()
    {
        foreach (var node in Runner.Current)
        {
            node.OnTerminate = self => self.End(0);
        }
    }

    /// <summary>The sandbox process ends and another starts on the same state.</summary>
    public async Task RestartAsync(TimeSpan away)
    {
        await Scheduler.StopAsync(CancellationToken.None);
        Scheduler.Dispose();
        Time.Advance(away);
        Platform = NewPlatform();
        Scheduler = new TrainingJobScheduler(Platform);
        await Task.Run(() => Scheduler.StartAsync(CancellationToken.None));
    }

    public async ValueTask DisposeAsync()
    {
        await Scheduler.StopAsync(CancellationToken.None);
        Scheduler.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    public static JsonObject Request(string name = "job", int nodes = 2, bool spot = false, int maxRuntime = 3600, int maxWait = 7200)
    {
        var condition = new JsonObject { ["MaxRuntimeInSeconds"] = maxRuntime };
        if (spot)
        {
            condition["MaxWaitTimeInSeconds"] = maxWait;
        }

        return JsonNode.Parse($$"""
            {
              "TrainingJobName": "{{name}}",
              "RoleArn": "{{TestAccount.Role}}",
              "AlgorithmSpecification": {
                "TrainingImage": "sandbox/builtin", "TrainingInputMode": "File",
                "MetricDefinitions": [{ "Name": "train:loss", "Regex": "train:loss=([-+0-9.eE]+)" }] },
              "OutputDataConfig": { "S3OutputPath": "s3://{{Bucket}}/runs/r1/output" },
              "ResourceConfig": { "InstanceType": "ml.g5.xlarge", "InstanceCount": {{nodes}}, "VolumeSizeInGB": 50 },
              "CheckpointConfig": { "S3Uri": "s3://{{Bucket}}/runs/r1/checkpoints" },
              "EnableManagedSpotTraining": {{(spot ? "true" : "false")}},
              "StoppingCondition": {{condition.ToJsonString()}}
            }
            """)!.AsObject();
    }

    // Copying files and ending programs takes real time and no virtual time.
    private async Task SettleAsync()
    {
        var started = Stopwatch.StartNew();
        while (Platform.Stores.Jobs.Jobs.Any(IsBusy))
        {
            Assert.True(started.Elapsed < RealLimit, "A job is still at work.");
            await Task.Delay(1);
        }
    }

    // Between attempts a job waits for virtual time by itself, once it is done with the last one.
    private bool IsBusy(TrainingJob job) => job.Status == JobStatus.InProgress && job.Phase switch
    {
        Phase.Downloading or Phase.Uploading => true,
        Phase.Interrupted => !Time.Waits(_settings.Interrupted),
        Phase.Starting => job.Transitions[^1].StatusMessage == TrainingJob.StartMessage && !Time.Waits(_settings.Starting), // with another message it waits for something else
        _ => false,
    };

    private JobRoles JobRoles()
    {
        var authorizer = Roles.Authorizer(Time);
        return new JobRoles(Roles, new RoleAccess(authorizer), Roles, new TestAccount().AsResources(), authorizer, new Sessions(new SandboxSettings(_state)), Time);
    }

    private JobPlatform NewPlatform()
    {
        var settings = new SandboxSettings(_state);
        var address = new SandboxAddress();
        address.Set(new Uri("http://127.0.0.1:4566"));
        var stores = new JobStores(new TrainingJobStore(settings), Objects, LogStore.OfRegions(settings, Time), MetricStore.OfRegions(settings));
        return new JobPlatform(stores, JobRoles(), new NodeHost(Runner, _images, address, settings), Faults, _settings, Time);
    }

    /// <summary>The role's policies alone: the buckets of these tests have none.</summary>
    private sealed class RoleAccess(Authorizer authorizer) : IObjectAccess
    {
        public void Require(Caller caller, string operation, string bucket, string key, ObjectHeaders? headers = null) => authorizer.Require(
            "s3", caller, new Permission(operation == "ListObjectsV2" ? "s3:ListBucket" : "s3:" + operation, $"arn:aws:s3:::{bucket}/{key}"), "us-east-1", policy: null);
    }
}
