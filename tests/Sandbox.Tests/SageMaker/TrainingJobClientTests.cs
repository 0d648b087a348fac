using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.S3.Model;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.SageMaker;

/// <summary>The sandbox as a process, asked by AWS's own clients.</summary>
[Trait("Tier", "all")]
public sealed class TrainingJobClientTests(SeparateSandbox sandbox) : IClassFixture<SeparateSandbox>
{
    private const string Bucket = "training-clients";
    private const string LogGroup = "/aws/sagemaker/TrainingJobs";

    private static readonly TimeSpan JobLimit = TimeSpan.FromSeconds(90);

    [SkippableFact]
    public async Task Given_job_on_spot_When_interrupted_at_its_second_checkpoint_Then_it_resumes_and_leaves_a_model_and_logs()
    {
        await RequireAwsAsync();
        await PrepareAsync("""{"interruptions":["checkpoint:2"]}""");
        await CreateAsync(Request("resumes", spot: true, stepDelay: 20));

        var job = await WaitAsync("resumes", job => Status(job) is not "InProgress");
        var phases = job.GetProperty("SecondaryStatusTransitions").EnumerateArray().Select(transition => transition.GetProperty("Status").GetString()).ToArray();

        Assert.True(Status(job) == "Completed", job.ToString());
        Assert.Single(phases, "Interrupted");
        Assert.InRange(job.GetProperty("BillableTimeInSeconds").GetInt32(), 1, job.GetProperty("TrainingTimeInSeconds").GetInt32());
        Assert.Contains(job.GetProperty("FinalMetricDataList").EnumerateArray(), metric => metric.GetProperty("MetricName").GetString() == "train:loss");
        Assert.Contains("model.bin", await ModelFilesAsync("runs/resumes/output/resumes/output/model.tar.gz"));

        var streams = (await AwsAsync("logs", "describe-log-streams", "--log-group-name", LogGroup, "--log-stream-name-prefix", "resumes/")).GetProperty("logStreams");
        Assert.Equal(4, streams.GetArrayLength());
        var second = streams[1].GetProperty("logStreamName").GetString()!;
        var events = await AwsAsync("logs", "get-log-events", "--log-group-name", LogGroup, "--log-stream-name", second, "--start-from-head");
        Assert.Contains(events.GetProperty("events").EnumerateArray(), logEvent => logEvent.GetProperty("message").GetString()!.StartsWith("resumed step=", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Given_running_job_When_it_is_stopped_Then_it_ends_as_Stopped_and_cannot_be_stopped_again()
    {
        await RequireAwsAsync();
        await PrepareAsync("""{"interruptions":[]}""");
        await CreateAsync(Request("stops", spot: false, stepDelay: 200));
        await WaitAsync("stops", job => job.GetProperty("SecondaryStatus").GetString() == "Training");

        await AwsAsync("sagemaker", "stop-training-job", "--training-job-name", "stops");
        var job = await WaitAsync("stops", job => Status(job) is not ("InProgress" or "Stopping"));
        var again = await RefusedAsync("sagemaker", "stop-training-job", "--training-job-name", "stops");

        Assert.Equal("Stopped", Status(job));
        Assert.Contains("(ValidationException)", again, StringComparison.Ordinal);
        Assert.Contains("the training job is in status Stopped", again, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Given_job_that_waits_for_capacity_When_asked_about_Then_names_lists_and_errors_are_as_on_AWS()
    {
        await RequireAwsAsync();
        var trace = Path.Combine(sandbox.StateFolder, "no-capacity.json");
        await File.WriteAllTextAsync(trace, """{"metadata":{"gap_seconds":600},"data":[0]}""");
        await PrepareAsync(new JsonObject { ["trace"] = trace }.ToJsonString());
        await CreateAsync(Request("waits", spot: true));

        var twin = await RefusedAsync("sagemaker", "create-training-job", "--cli-input-json", Request("waits", spot: true).ToJsonString());
        var unknown = await RefusedAsync("sagemaker", "describe-training-job", "--training-job-name", "unknown");
        var listed = await AwsAsync("sagemaker", "list-training-jobs", "--name-contains", "wait", "--status-equals", "InProgress");
        var arn = listed.GetProperty("TrainingJobSummaries")[0].GetProperty("TrainingJobArn").GetString()!;
        await AwsAsync("sagemaker", "add-tags", "--resource-arn", arn, "--tags", "Key=team,Value=two", "Key=added,Value=1");
        var tags = await AwsAsync("sagemaker", "list-tags", "--resource-arn", arn);
        var inUse = await RefusedAsync("sagemaker", "delete-training-job", "--training-job-name", "waits");
        await AwsAsync("sagemaker", "stop-training-job", "--training-job-name", "waits");
        await WaitAsync("waits", job => Status(job) == "Stopped");
        await AwsAsync("sagemaker", "delete-training-job", "--training-job-name", "waits");

        Assert.Contains($"(ResourceInUse) when calling the CreateTrainingJob operation: Training job names must be unique within an AWS account and region, and a training job with this name already exists ({arn})", twin, StringComparison.Ordinal);
        Assert.Contains("(ValidationException) when calling the DescribeTrainingJob operation: Requested resource not found.", unknown, StringComparison.Ordinal);
        Assert.Equal("team=two,added=1", string.Join(',', tags.GetProperty("Tags").EnumerateArray().Select(tag => $"{tag.GetProperty("Key")}={tag.GetProperty("Value")}")));
        Assert.Contains("(ResourceInUse)", inUse, StringComparison.Ordinal);
        Assert.Contains("Requested resource not found.", await RefusedAsync("sagemaker", "describe-training-job", "--training-job-name", "waits"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Given_quotas_When_a_job_asks_for_more_Then_ResourceLimitExceeded_names_the_quota()
    {
        await RequireAwsAsync();
        await PrepareAsync("""{"interruptions":[]}""");
        var request = Request("scarce", spot: true);
        request["ResourceConfig"]!["InstanceType"] = "ml.p5.48xlarge";

        var error = await RefusedAsync("sagemaker", "create-training-job", "--cli-input-json", request.ToJsonString());

        Assert.Contains("(ResourceLimitExceeded)", error, StringComparison.Ordinal);
        Assert.Contains("The account-level service limit 'ml.p5.48xlarge for spot training job usage' is 0 Instances, with current utilization of 0 Instances and a request delta of 2 Instances.", error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Given_boto3_When_it_works_with_jobs_and_logs_Then_errors_and_waiters_fit()
    {
        const string Script =
            """
            import boto3, json, sys, time
            sm, logs = boto3.client('sagemaker'), boto3.client('logs')
            sm.create_training_job(**json.loads(sys.argv[1]))
            try: sm.create_training_job(**json.loads(sys.argv[1]))
            except sm.exceptions.ResourceInUse as error: print('twin', error.response['Error']['Code'])
            sm.stop_training_job(TrainingJobName='boto')
            sm.get_waiter('training_job_completed_or_stopped').wait(TrainingJobName='boto', WaiterConfig={'Delay': 1, 'MaxAttempts': 60})
            print('status', sm.describe_training_job(TrainingJobName='boto')['TrainingJobStatus'])
            logs.create_log_group(logGroupName='boto'); logs.create_log_stream(logGroupName='boto', logStreamName='s')
            logs.put_log_events(logGroupName='boto', logStreamName='s', logEvents=[{'timestamp': int(time.time() * 1000), 'message': 'hello'}])
            page = logs.get_log_events(logGroupName='boto', logStreamName='s', startFromHead=True)
            end = logs.get_log_events(logGroupName='boto', logStreamName='s', nextToken=page['nextForwardToken'])
            print('log', page['events'][0]['message'], end['events'], page['nextForwardToken'] == end['nextForwardToken'])
            try: logs.get_log_events(logGroupName='boto', logStreamName='missing')
            except logs.exceptions.ResourceNotFoundException as error: print('missing', error.response['Error']['Message'])
            print('found', [e['message'] for p in logs.get_paginator('filter_log_events').paginate(logGroupName='boto', filterPattern='hello') for e in p['events']])
            """;
        Skip.IfNot(await ExternalTool.WorksAsync("python3", "-c", "import boto3"), "boto3 is not installed: training jobs were not tried with it");
        await PrepareAsync("""{"interruptions":[]}""");

        var request = Request("boto", spot: false, stepDelay: 200).ToJsonString();
        var (exitCode, output, errors) = await ExternalTool.RunAsync("python3", ["-c", Script, request], sandbox.ClientEnvironment());

        Assert.True(exitCode == 0, errors);
        Assert.Equal(
            ["twin ResourceInUse", "status Stopped", "log hello [] True", "missing The specified log stream does not exist.", "found ['hello']"],
            output.Trim().ReplaceLineEndings("\n").Split('\n'));
    }

    [SkippableFact]
    public async Task Given_sandbox_killed_during_training_When_it_starts_again_Then_the_job_continues_from_its_checkpoint()
    {
        await RequireAwsAsync();
        await PrepareAsync("""{"interruptions":[]}""");
        await CreateAsync(Request("survives", spot: false, stepDelay: 20));
        using var s3 = sandbox.CreateS3();
        await UntilAsync(async () => (await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket, Prefix = "runs/survives/checkpoints/" })).S3Objects?.Any(o => o.Key.EndsWith("manifest.json", StringComparison.Ordinal)) == true);
        await sandbox.RestartAsync();

        var job = await WaitAsync("survives", job => Status(job) is not "InProgress");

        Assert.True(Status(job) == "Completed", job.ToString());
        var found = await AwsAsync("logs", "filter-log-events", "--log-group-name", LogGroup, "--log-stream-name-prefix", "survives/", "--filter-pattern", "resumed");
        Assert.NotEqual(0, found.GetProperty("events").GetArrayLength());
    }

    [Fact]
    public async Task Given_malformed_spot_schedule_When_it_is_put_Then_it_is_refused_with_a_sentence()
    {
        using var response = await sandbox.Http.PutAsJsonAsync("/_sandbox/spot", new { interruptions = new[] { "sometime" } });

        Assert.Equal(System.Net.HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("'sometime'", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task RequireAwsAsync() =>
        Skip.IfNot(await ExternalTool.WorksAsync("aws", "--version"), "the aws command line is not installed: training jobs were not tried with it");

    private async Task PrepareAsync(string spot)
    {
        using var s3 = sandbox.CreateS3();
        if ((await s3.ListBucketsAsync()).Buckets?.Any(bucket => bucket.BucketName == Bucket) != true)
        {
            await s3.PutBucketAsync(Bucket);
        }

        var corpus = string.Concat(Enumerable.Range(0, 400).Select(i => $"Sentence {i} of a small corpus about a number that is {i * 7}.\n"));
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "data/corpus.txt", ContentBody = corpus });
        using var content = new StringContent(spot);
        using var response = await sandbox.Http.PutAsync("/_sandbox/spot", content);
        response.EnsureSuccessStatusCode();
    }

    private static JsonObject Request(string name, bool spot, int stepDelay = 0)
    {
        var request = JobHarness.Request(name, spot: spot, maxRuntime: 300, maxWait: 300);
        request["AlgorithmSpecification"]!["MetricDefinitions"] = JsonNode.Parse("""[{"Name":"train:loss","Regex":"train:loss=([-+0-9.eE]+)"}]""");
        request["OutputDataConfig"]!["S3OutputPath"] = $"s3://{Bucket}/runs/{name}/output";
        request["CheckpointConfig"]!["S3Uri"] = $"s3://{Bucket}/runs/{name}/checkpoints";
        request["InputDataConfig"] = JsonNode.Parse("""[{"ChannelName":"train","DataSource":{"S3DataSource":{"S3DataType":"S3Prefix"}}}]""");
        request["InputDataConfig"]![0]!["DataSource"]!["S3DataSource"]!["S3Uri"] = $"s3://{Bucket}/data/";
        request["HyperParameters"] = new JsonObject
        {
            ["total_steps"] = "150",
            ["checkpoint_interval_steps"] = "25",
            ["hidden_size"] = "16",
            ["step_delay_ms"] = stepDelay.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        request["Tags"] = JsonNode.Parse("""[{"Key":"team","Value":"one"}]""");
        return request;
    }

    private async Task CreateAsync(JsonObject request) => await AwsAsync("sagemaker", "create-training-job", "--cli-input-json", request.ToJsonString());

    private async Task<JsonElement> WaitAsync(string name, Func<JsonElement, bool> reached)
    {
        // AWS's own client answers at the end; asking it again and again would keep a core busy with its start.
        await UntilAsync(async () => reached(await DescribeAsync(name)));
        return await AwsAsync("sagemaker", "describe-training-job", "--training-job-name", name);
    }

    private async Task<JsonElement> DescribeAsync(string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/");
        request.Headers.Add("X-Amz-Target", "SageMaker.DescribeTrainingJob");
        request.Content = JsonContent.Create(new { TrainingJobName = name }, new MediaTypeHeaderValue("application/x-amz-json-1.1"), new JsonSerializerOptions());
        using var answer = await sandbox.Http.SendAsync(await new RequestSignature("sagemaker").SignAsync(request, sandbox.Url));
        return await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task UntilAsync(Func<Task<bool>> reached)
    {
        var started = Stopwatch.StartNew();
        while (!await reached())
        {
            Assert.True(started.Elapsed < JobLimit, "The job did not get there in time.");
            await Task.Delay(100);
        }
    }

    private static string? Status(JsonElement job) => job.GetProperty("TrainingJobStatus").GetString();

    private async Task<IReadOnlyList<string>> ModelFilesAsync(string key)
    {
        using var s3 = sandbox.CreateS3();
        using var archive = await s3.GetObjectAsync(Bucket, key);
        await using var content = new GZipStream(archive.ResponseStream, CompressionMode.Decompress);
        await using var tar = new TarReader(content);
        var names = new List<string>();
        while (await tar.GetNextEntryAsync() is { } entry)
        {
            names.Add(entry.Name);
        }

        return names;
    }

    private async Task<JsonElement> AwsAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await ExternalTool.RunAsync("aws", [.. arguments, "--output", "json"], sandbox.ClientEnvironment());
        Assert.True(exitCode == 0, errors);
        return output.Trim().Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(output);
    }

    private async Task<string> RefusedAsync(params string[] arguments)
    {
        var (exitCode, _, errors) = await ExternalTool.RunAsync("aws", arguments, sandbox.ClientEnvironment());
        Assert.NotEqual(0, exitCode);
        return errors;
    }
}
