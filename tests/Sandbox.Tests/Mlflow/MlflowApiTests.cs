using System.Net;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Mlflow;

/// <summary>The sandbox's MLflow server. Each test has its own experiment.</summary>
public sealed class MlflowApiTests(SeparateSandbox sandbox) : IClassFixture<SeparateSandbox>
{
    private RawMlflow Client => new(sandbox.Http);

    [Fact]
    public async Task Given_a_run_When_batches_are_logged_Then_its_data_and_history_are_those_after_a_restart_too()
    {
        var run = await Client.CreateRunAsync("restart");
        await Client.PostAsync("runs/log-batch", new
        {
            run_id = run,
            metrics = new object[] { new { key = "loss", value = 2.5, timestamp = 10, step = 1 }, new { key = "loss", value = "NaN", timestamp = 20, step = 2 }, new { key = "loss", value = "Infinity", timestamp = 30, step = 3 } },
            @params = new[] { new { key = "lr", value = "0.1" } },
            tags = new[] { new { key = "state", value = "first" } },
        });
        await Client.PostAsync("runs/set-tag", new { run_id = run, key = "state", value = "second" });
        await Client.PostAsync("runs/update", new { run_id = run, status = "FINISHED", end_time = 2000 });

        await sandbox.RestartAsync();

        var found = (await Client.GetAsync($"runs/get?run_id={run}"))["run"]!;
        var history = (await Client.GetAsync($"metrics/get-history?run_id={run}&metric_key=loss"))["metrics"]!.AsArray();
        Assert.Equal("FINISHED", found["info"]!["status"]!.ToString());
        Assert.Equal(2000, (long)found["info"]!["end_time"]!);
        Assert.Equal(["restart", "second"], found["data"]!["tags"]!.AsArray().OrderBy(tag => tag!["key"]!.ToString()).Select(tag => tag!["value"]!.ToString()));
        Assert.Equal("0.1", Assert.Single(found["data"]!["params"]!.AsArray())!["value"]!.ToString());
        Assert.Equal(3, (long)Assert.Single(found["data"]!["metrics"]!.AsArray())!["step"]!);
        Assert.Equal(["2.5", "NaN"], history.Take(2).Select(metric => metric!["value"]!.ToString()));
        Assert.Equal(double.MaxValue, (double)history[2]!["value"]!);
    }

    [Fact]
    public async Task Given_a_value_that_is_there_When_it_is_logged_again_Then_it_is_there_once_and_counted()
    {
        var run = await Client.CreateRunAsync("repeated");
        var metric = new { run_id = run, key = "loss", value = 1.5, timestamp = 10, step = 1 };
        await Client.PostAsync("runs/log-metric", metric);
        await Client.PostAsync("runs/log-metric", metric);

        var resources = JsonNode.Parse(await sandbox.Http.GetStringAsync("/_sandbox/resources"))!;
        var described = resources["mlflow_runs"]!.AsArray().Single(found => found!["id"]!.ToString() == run)!;
        Assert.Equal((1, 1), ((int)described["metrics"]!, (int)described["repeated_metrics"]!));
    }

    [Fact]
    public async Task Given_runs_with_a_tag_When_searched_by_it_Then_only_the_active_one_of_that_experiment_is_found()
    {
        var (first, other, deleted) = (await Client.CreateRunAsync("search-1"), await Client.CreateRunAsync("search-2"), await Client.CreateRunAsync("search-3"));
        foreach (var run in new[] { first, other, deleted })
        {
            await Client.PostAsync("runs/set-tag", new { run_id = run, key = "pipeline.run_id", value = "it's" });
        }

        await Client.PostAsync("runs/delete", new { run_id = deleted });
        var experiments = new List<string>();
        foreach (var name in new[] { "search-1", "search-3" })
        {
            experiments.Add((await Client.GetAsync($"experiments/get-by-name?experiment_name={name}"))["experiment"]!["experiment_id"]!.ToString());
        }

        var found = await Client.PostAsync("runs/search", new { experiment_ids = experiments, filter = "tags.`pipeline.run_id` = \"it's\"", max_results = 5 });

        Assert.Equal(first, Assert.Single(found["runs"]!.AsArray())!["info"]!["run_id"]!.ToString());
    }

    [Fact]
    public async Task Given_a_long_history_When_read_in_pages_Then_each_value_comes_once()
    {
        var run = await Client.CreateRunAsync("pages");
        await Client.PostAsync("runs/log-batch", new { run_id = run, metrics = Enumerable.Range(0, 25).Select(step => new { key = "loss", value = step, timestamp = step, step }) });

        var steps = new List<long>();
        for (string? token = ""; token is not null;)
        {
            var page = await Client.GetAsync($"metrics/get-history?run_id={run}&metric_key=loss&max_results=10&page_token={token}");
            steps.AddRange(page["metrics"]!.AsArray().Select(metric => (long)metric!["step"]!));
            token = page["next_page_token"]?.ToString();
        }

        Assert.Equal(Enumerable.Range(0, 25).Select(step => (long)step), steps);
    }

    [Fact]
    public async Task Given_requests_that_MLflow_refuses_When_sent_Then_its_own_codes_come_back()
    {
        var run = await Client.CreateRunAsync("refused");
        var experiment = (await Client.GetAsync("experiments/get-by-name?experiment_name=refused"))["experiment"]!["experiment_id"]!.ToString();
        await Client.PostAsync("runs/log-parameter", new { run_id = run, key = "lr", value = "0.1" });
        static object Many(string run, int count) => new { run_id = run, metrics = Enumerable.Range(0, count).Select(step => new { key = "m", value = 1, timestamp = 1, step }) };

        (HttpStatusCode, string)[] refused =
        [
            Short(await Client.RefusedAsync("experiments/create", new { name = "refused" })),
            Short(await Client.RefusedAsync("experiments/create", new { name = "" })),
            Short(await Client.RefusedAsync("experiments/get-by-name?experiment_name=missing")),
            Short(await Client.RefusedAsync("runs/get?run_id=missing")),
            Short(await Client.RefusedAsync("runs/log-parameter", new { run_id = run, key = "lr", value = "0.2" })),
            Short(await Client.RefusedAsync("runs/log-metric", new { run_id = run, key = "train:loss", value = 1, timestamp = 1 })),
            Short(await Client.RefusedAsync("runs/log-metric", new { run_id = run, key = "../loss", value = 1, timestamp = 1 })),
            Short(await Client.RefusedAsync("runs/log-batch", Many(run, 1001))),
            Short(await Client.RefusedAsync("runs/update", new { run_id = run, status = "DONE" })),
        ];
        await Client.PostAsync("experiments/delete", new { experiment_id = experiment });
        var deleted = await Client.RefusedAsync("runs/create", new { experiment_id = experiment });
        var ofDeleted = await Client.RefusedAsync("runs/set-tag", new { run_id = run, key = "a", value = "b" });

        var (invalid, missing) = ((HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE"), (HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST"));
        Assert.Equal([(HttpStatusCode.BadRequest, "RESOURCE_ALREADY_EXISTS"), invalid, missing, missing, invalid, invalid, invalid, invalid, invalid], refused);
        Assert.Equal([invalid, invalid], [Short(deleted), Short(ofDeleted)]);
    }

    [Theory]
    [InlineData("runs/log-inputs", "{}", "POST /api/2.0/mlflow/runs/log-inputs")]
    [InlineData("runs/search", """{"order_by": ["name"]}""", "order_by of runs/search")]
    [InlineData("runs/search", """{"filter": "metrics.loss > 1"}""", "metrics.loss > 1")]
    [InlineData("runs/create", """{"deployment": "x"}""", "the member deployment of runs/create")]
    [InlineData("model-versions/create", """{"model_id": "x"}""", "the member model_id of model-versions/create")]
    public async Task Given_what_is_not_emulated_When_asked_for_Then_it_is_refused_by_name(string operation, string request, string name)
    {
        var refusal = await Client.RefusedAsync(operation, JsonNode.Parse(request)!);

        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_registered_model_When_versions_are_created_Then_they_are_counted_and_found_by_run()
    {
        await Client.PostAsync("registered-models/create", new { name = "counted" });
        foreach (var run in new[] { "a", "b" })
        {
            await Client.PostAsync("model-versions/create", new { name = "counted", source = $"s3://bucket/{run}/model.tar.gz", run_id = run });
        }

        var found = await Client.GetAsync("model-versions/search?filter=" + Uri.EscapeDataString("name='counted' and run_id='b'"));

        Assert.Equal("2", Assert.Single(found["model_versions"]!.AsArray())!["version"]!.ToString());
        Assert.Equal("RESOURCE_ALREADY_EXISTS", (await Client.RefusedAsync("registered-models/create", new { name = "counted" })).Code);
        Assert.Equal("RESOURCE_DOES_NOT_EXIST", (await Client.RefusedAsync("model-versions/create", new { name = "other", source = "s3://b/k" })).Code);
        Assert.Equal("INVALID_PARAMETER_VALUE", (await Client.RefusedAsync("model-versions/create", new { name = "counted", source = "/tmp/model" })).Code);
    }

    [Fact]
    public async Task Given_planned_faults_When_the_API_is_called_Then_they_come_in_MLflows_form()
    {
        await sandbox.PlanFaultAsync("mlflow", "experiments/create", "internal_error");
        await sandbox.PlanFaultAsync("mlflow", "experiments/create", "throttle");
        await sandbox.PlanFaultAsync("mlflow", "experiments/create", "drop_response");

        var down = await Client.RefusedAsync("experiments/create", new { name = "faults" });
        var throttled = await Client.RefusedAsync("experiments/create", new { name = "faults" });
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Client.PostAsync("experiments/create", new { name = "faults" }));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "TEMPORARILY_UNAVAILABLE"), Short(down));
        Assert.Equal((HttpStatusCode.TooManyRequests, "REQUEST_LIMIT_EXCEEDED"), Short(throttled));
        Assert.NotNull((await Client.GetAsync("experiments/get-by-name?experiment_name=faults"))["experiment"]);
    }

    [Theory]
    [InlineData("arn:aws:sagemaker:us-east-1:000000000000:mlflow-tracking-server/sandbox", HttpStatusCode.OK)]
    [InlineData("arn:aws:sagemaker:us-east-1:000000000000:mlflow-tracking-server/other", HttpStatusCode.Forbidden)]
    [InlineData("", HttpStatusCode.Forbidden)]
    public async Task Given_a_signed_request_When_it_names_a_tracking_server_Then_only_the_sandboxs_own_answers(string arn, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/2.0/mlflow/experiments/get?experiment_id=0");
        request.Headers.Add("x-mlflow-sm-tracking-server-arn", arn);

        using var response = await sandbox.Http.SendAsync(await new RequestSignature("sagemaker-mlflow").SignAsync(request, sandbox.Url));

        Assert.Equal(expected, response.StatusCode);
    }

    private static (HttpStatusCode, string) Short((HttpStatusCode Status, string Code, string Message) refusal) => (refusal.Status, refusal.Code);
}
