using System.Net;
using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using Amazon.CloudWatchLogs;
using Amazon.IdentityManagement;
using Amazon.IdentityManagement.Model;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.SageMaker;
using Amazon.SageMaker.Model;
using BuildPipeline.Approvals;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Training;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Training;

/// <summary>A run of two sandbox nodes on spot, approved and with a recorded intent, for tests to vary.</summary>
internal static class TestRuns
{
    public const string RunId = "20260102-030405-ab12";
    public const string JobName = "demo-sandbox-" + RunId;
    public const string JobArn = "arn:aws:sagemaker:us-east-1:000000000000:training-job/" + JobName;
    public const string Bucket = "demo-sandbox-000000000000-us-east-1";
    public const string KeyArn = "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555";
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    public static readonly string Digest = new('d', 64);

    public static TrainingJobSpec Job => new()
    {
        Enabled = true,
        Name = "demo-sandbox",
        Region = "us-east-1",
        Environment = "sandbox",
        Team = "research",
        TrainingImageUri = "sandbox/builtin",
        RoleArn = "arn:aws:iam::000000000000:role/demo",
        InstanceType = "ml.g5.xlarge",
        InstanceCount = 2,
        VolumeSizeGb = 50,
        MaxRuntimeSeconds = 3600,
        MaxWaitSeconds = 7200,
        UseSpotInstances = true,
        Hyperparameters = new Dictionary<string, string> { ["seed"] = "7" },
        EnvironmentVariables = new Dictionary<string, string> { ["LOG_LEVEL"] = "info" },
        TrainingDataUri = "docs",
        CheckpointIntervalSeconds = 60,
        ArtifactBucket = Bucket,
        ArtifactPrefix = "runs",
        KmsKeyArn = KeyArn,
        SubnetIds = ["subnet-1", "subnet-2"],
        SecurityGroupIds = ["sg-1"],
        LogGroupName = "/aws/sagemaker/TrainingJobs",
        EncryptInterContainerTraffic = true,
        MetricDefinitions =
        [
            new("train:loss", "train:loss=([-+0-9.eE]+)"),
            new("validation:loss", "validation:loss=([-+0-9.eE]+)"),
            new("tokens_per_second", "tokens_per_second=([-+0-9.eE]+)"),
        ],
        FinalMetric = new("validation:loss", 0, 10),
        Tags = new Dictionary<string, string> { ["project"] = "demo" },
    };

    public static AttemptRecord Intent => new()
    {
        Number = 1,
        JobName = JobName,
        Market = Market.Spot,
        IntentAt = Start,
        MaxRuntimeSeconds = 1800,
        Checkpoints = new(false, 60, 0.5, 9000, "checkpoint_interval_seconds is 60, as configured."),
    };

    public static RunRecord Run
    {
        get
        {
            var subject = new ApprovalSubject
            {
                RunId = RunId,
                Environment = "sandbox",
                PlanSha256 = new string('a', 64),
                Job = Job,
                SourceSha256 = new string('b', 64),
                PricesSha256 = new string('c', 64),
                Ceiling = new Usd(3m),
                ExpiresAt = Start.AddDays(1),
            };
            return new()
            {
                RunId = RunId,
                Environment = "sandbox",
                StartedAt = Start,
                Job = Job,
                Cost = new()
                {
                    Ceiling = new Usd(3m),
                    JobRatePerHour = new Usd(3.6m),
                    Lines = [],
                    Prices = new(),
                    MaxRunCostUsd = new Usd(5m),
                    Verdict = GateVerdict.NeedsApproval,
                    Reasons = [],
                    PricedAt = Start,
                },
                Subject = subject,
                Approval = new(Digest, subject, ApprovalSource.Sandbox, "sandbox", Start),
                Attempts = [Intent],
            };
        }
    }

    public static IAwsClients Clients(bool isSandbox = true)
    {
        var (s3, sageMaker, logs) = (Substitute.For<IAmazonS3>(), Substitute.For<IAmazonSageMaker>(), Substitute.For<IAmazonCloudWatchLogs>());
        var clients = Substitute.For<IAwsClients>();
        clients.Connection.Returns(isSandbox ? new SandboxConnection("us-east-1", new Uri("http://127.0.0.1:4566")) : new PublicConnection("us-east-1"));
        clients.S3.Returns(s3);
        clients.Uploads.Returns(s3);
        clients.SageMaker.Returns(sageMaker);
        clients.Logs.Returns(logs);
        var cloudWatch = Substitute.For<IAmazonCloudWatch>();
        cloudWatch.GetMetricDataAsync(default, default).ReturnsForAnyArgs(new GetMetricDataResponse());
        clients.CloudWatch.Returns(cloudWatch);
        var iam = Substitute.For<IAmazonIdentityManagementService>();
        iam.ListAttachedRolePoliciesAsync(default!, default).ReturnsForAnyArgs(new ListAttachedRolePoliciesResponse());
        clients.IdentityManagement.Returns(iam);
        clients.CheckCredentialsAsync(default).ReturnsForAnyArgs(new CallerIdentity("000000000000", "arn:aws:iam::000000000000:user/ada"));
        return clients;
    }

    public static DescribeTrainingJobResponse Described(string status, string secondary, params SecondaryStatusTransition[] transitions) => new()
    {
        TrainingJobName = JobName,
        TrainingJobArn = JobArn,
        TrainingJobStatus = status,
        SecondaryStatus = secondary,
        CreationTime = Start.UtcDateTime,
        StoppingCondition = new() { MaxRuntimeInSeconds = 1800, MaxWaitTimeInSeconds = 7200 },
        SecondaryStatusTransitions = transitions.Length == 0 ? null : [.. transitions],
    };

    public static SecondaryStatusTransition Transition(string status, double from, double? to = null) => new()
    {
        Status = status,
        StartTime = Start.AddSeconds(from).UtcDateTime,
        EndTime = to is { } end ? Start.AddSeconds(end).UtcDateTime : null,
    };

    public static AmazonSageMakerException SageMakerError(string code, string message, HttpStatusCode status = HttpStatusCode.BadRequest) =>
        new(message, null, ErrorType.Sender, code, "request", status);

    public static AmazonSageMakerException UnknownJob => SageMakerError("ValidationException", "Requested resource not found.");

    public static AmazonSageMakerException Throttled => SageMakerError("ThrottlingException", "Rate exceeded");
}

/// <summary>A clock that lets every pause be over at once, and keeps a list of them; longer timers are limits and never pass.</summary>
internal sealed class SkippingTime() : FakeTimeProvider(TestRuns.Start)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(2);
    private readonly List<TimeSpan> _pauses = [];

    public IReadOnlyList<TimeSpan> Pauses
    {
        get
        {
            lock (_pauses)
            {
                return [.. _pauses];
            }
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime <= LongestPause)
        {
            lock (_pauses)
            {
                _pauses.Add(dueTime);
            }

            ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        }

        return timer;
    }
}
