using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Hosting;

public sealed class SandboxProcessTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task Given_a_bad_option_When_started_Then_it_exits_2_with_a_sentence()
    {
        var (exitCode, _, errors) = await SandboxProcess.RunAsync("--bad");

        Assert.Equal(2, exitCode);
        Assert.Equal("Unknown option '--bad': the sandbox takes --sandbox-state=DIR, --port=N, --idle-minutes=N, --background and --old-bucket-defaults.", errors.Trim());
    }

    [Fact]
    public async Task Given_a_folder_in_use_When_a_second_one_starts_Then_it_exits_2_and_the_first_serves_on()
    {
        var (exitCode, _, errors) = await SandboxProcess.RunAsync($"--sandbox-state={sandbox.StateFolder}");

        Assert.Equal(2, exitCode);
        Assert.StartsWith($"Another sandbox serves the state folder {sandbox.StateFolder}", errors, StringComparison.Ordinal);
        Assert.True((await sandbox.Http.GetAsync("/_sandbox/health")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Given_a_port_in_use_When_started_Then_it_exits_2_and_leaves_no_endpoint_file()
    {
        var folder = Directory.CreateTempSubdirectory("sandbox-test-").FullName;

        var (exitCode, _, errors) = await SandboxProcess.RunAsync($"--sandbox-state={folder}", $"--port={sandbox.Url.Port}");

        Assert.Equal(2, exitCode);
        Assert.Equal($"Port {sandbox.Url.Port} is in use: choose another with --port, or leave it out for a free one.", errors.Trim());
        Assert.False(File.Exists(Path.Combine(folder, "endpoint.json")));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Given_a_state_path_that_is_a_file_When_started_Then_it_exits_2_with_a_sentence()
    {
        var file = Path.GetTempFileName();

        var (exitCode, _, errors) = await SandboxProcess.RunAsync($"--sandbox-state={file}");

        Assert.Equal(2, exitCode);
        Assert.StartsWith($"The state folder {file} cannot be created", errors, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Theory]
    [InlineData("s3/buckets/some-bucket/bucket.json")]
    [InlineData("github/github.json")]
    public async Task Given_damaged_state_When_started_Then_it_exits_2_and_names_the_file(string path)
    {
        var folder = Directory.CreateTempSubdirectory("sandbox-test-").FullName;
        var file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, "{");

        var (exitCode, _, errors) = await SandboxProcess.RunAsync($"--sandbox-state={folder}");

        Assert.Equal(2, exitCode);
        Assert.StartsWith($"The sandbox's state is damaged in {file}", errors, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Given_a_shutdown_request_When_it_ends_Then_the_exit_code_is_0_and_the_endpoint_file_is_gone()
    {
        var folder = Directory.CreateTempSubdirectory("sandbox-test-").FullName;
        await using var process = await SandboxProcess.StartAsync(folder);

        Assert.Equal(0, await process.StopAsync());

        Assert.False(File.Exists(Path.Combine(folder, "endpoint.json")));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Given_no_credentials_When_AWS_is_asked_Then_access_is_denied()
    {
        using var response = await sandbox.Http.GetAsync("/");
        using var json = new HttpRequestMessage(HttpMethod.Post, "/") { Headers = { { "X-Amz-Target", "SageMaker.ListTrainingJobs" } } };
        using var refusal = await sandbox.Http.SendAsync(json);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.BadRequest), (response.StatusCode, refusal.StatusCode));
        Assert.Contains("\"MissingAuthenticationTokenException\"", await refusal.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("<Code>AccessDenied</Code>", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_key_of_another_account_When_a_service_has_one_account_Then_it_is_refused_by_name()
    {
        using var response = await SendAsync("SageMaker.ListTrainingJobs", new RequestSignature("sagemaker", "111122223333"));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("111122223333", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_service_that_is_not_there_When_asked_in_JSON_Then_the_error_is_JSON_and_names_those_that_are()
    {
        using var response = await SendAsync("Bedrock.Anything", new RequestSignature("bedrock"));

        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("UnknownService", (string?)error["__type"]);
        Assert.Contains("'bedrock'", (string?)error["message"], StringComparison.Ordinal);
        Assert.Contains("s3", (string?)error["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("example.com", null)]
    [InlineData(null, "https://example.com")]
    public async Task Given_a_web_page_When_it_reaches_for_control_Then_it_is_forbidden(string? host, string? origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/_sandbox/shutdown");
        request.Headers.Host = host;
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        using var response = await sandbox.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Given_a_gRPC_request_When_it_comes_to_the_AWS_endpoint_Then_it_is_not_found()
    {
        using var content = new ByteArrayContent([0, 0, 0, 0, 0]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");

        using var response = await sandbox.Http.PostAsync("/tfplugin5.Provider/GetSchema", content);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Given_control_and_GitHub_paths_When_asked_on_the_provider_endpoint_Then_they_are_not_found()
    {
        using var provider = new HttpClient
        {
            BaseAddress = new Uri($"http://{sandbox.Running.Provider}"),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        Assert.Equal(HttpStatusCode.NotFound, (await provider.GetAsync("/_sandbox/health")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await provider.GetAsync("/api/v3/user")).StatusCode);
    }

    [Fact]
    public async Task Given_a_fresh_sandbox_When_its_resources_are_asked_Then_there_is_the_state_bucket_and_a_list_of_each_kind()
    {
        var resources = JsonNode.Parse(await sandbox.Http.GetStringAsync("/_sandbox/resources"))!;

        Assert.Contains(resources["buckets"]!.AsArray(), bucket => (string?)bucket!["name"] == "sandbox-terraform-state");
        Assert.NotNull(resources["resources"]);
        Assert.NotNull(resources["training_jobs"]);
        Assert.NotNull(resources["log_groups"]);
    }

    [Theory]
    [InlineData("""[{"service":"s3","kind":"earthquake"}]""")]
    [InlineData("""[{"service":"s3"}]""")]
    [InlineData("""{"service":"s3","kind":"throttle"}""")]
    [InlineData("""[{"service":"s3","kind":"throttle","cuont":2}]""")]
    [InlineData("""[{"service":"sqs","kind":"throttle"}]""")]
    [InlineData("""[{"service":"s3","operation":"PutObjct","kind":"throttle"}]""")]
    [InlineData("""[{"service":"*","operation":"PutObjct","kind":"throttle"}]""")]
    [InlineData("""[{"service":"sagemaker","key":"runs/*","kind":"throttle"}]""")]
    [InlineData("""[{"service":"s3","instance_type":"ml.g5.xlarge","kind":"throttle"}]""")]
    [InlineData("""[{"service":"s3","operation":"PutObject","kind":"capacity"}]""")]
    [InlineData("""[{"service":"s3","operation":"GetObject","kind":"delayed_listing"}]""")]
    [InlineData("""[{"service":"s3","kind":"throttle","seconds":5}]""")]
    [InlineData("""[{"service":"terraform","operation":"aws_iam_role","kind":"throttle"}]""")]
    [InlineData("""[{"service":"github","operation":"CreateCommend","kind":"throttle"}]""")]
    [InlineData("""[{"service":"s3","kind":"throttle","after":-1}]""")]
    public async Task Given_faults_that_make_no_sense_When_planned_Then_a_sentence_shows_how_they_look(string faults)
    {
        using var response = await sandbox.Http.PostAsync("/_sandbox/faults", new StringContent(faults, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith("Faults are a JSON array such as", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"], StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> SendAsync(string target, RequestSignature signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Headers = { { "X-Amz-Target", target } } };
        return await sandbox.Http.SendAsync(await signature.SignAsync(request, sandbox.Url));
    }
}
