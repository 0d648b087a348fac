using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>Runs whose checkpoint interval is left to the pipeline.</summary>
public sealed partial class CheckpointIntervalTests : IAsyncLifetime
{
    private static readonly string Auto = Workplace.Example("auto-checkpoints");

    private readonly Workplace _place = new();

    public Task InitializeAsync() => _place.HostSandboxAsync();

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [TerraformFact]
    [Trait("Tier", "all")]
    public async Task Given_Auto_When_LaunchedAndInterrupted_Then_RecordAndRequestSayWhyTheProgramCorrectsItAndTheNextRunKnowsTheStall()
    {
        // A checkpoint of 1 MB from two nodes: sqrt(2 x 0.0005 s x 9000 s)
        var ended = (await _place.QuickAsync("--target=Launch", "--interruptions=1", Auto)).ShouldExitWith(0).ShouldContain("every 3 s");

        var run = _place.Run;
        var choice = run.GetProperty("cost").GetProperty("checkpoints");
        var reason = choice.GetProperty("reason").GetString()!;
        Assert.True(choice.GetProperty("auto").GetBoolean());
        Assert.Equal(reason, run.GetProperty("attempts")[0].GetProperty("checkpoints").GetProperty("reason").GetString());
        Assert.Contains(reason, await File.ReadAllTextAsync(_place.RunFile("summary.md")), StringComparison.Ordinal);
        var request = await DescribeAsync(run.GetProperty("attempts")[0].GetProperty("job_name").GetString()!);
        var requested = request.GetProperty("HyperParameters");
        Assert.Equal(
            ("3", "auto", "9000"),
            (Text(requested, "checkpoint_interval_seconds"), Text(requested, "checkpoint_interval"), Text(requested, "expected_time_between_interruptions_seconds")));
        Assert.Equal(reason, Text(request.GetProperty("Environment"), "CHECKPOINT_INTERVAL_REASON"));
        var corrected = CorrectionPattern().Match(ended.Output);
        Assert.True(corrected.Success, ended.Output);
        Assert.InRange(double.Parse(corrected.Groups[1].Value, CultureInfo.InvariantCulture), 1, 60);

        (await _place.QuickAsync("--target=CostGate", Auto)).ShouldExitWith(0).ShouldContain(run.GetProperty("run_id").GetString()!);
    }


    private async Task<JsonElement> DescribeAsync(string jobName)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, _place.Sandbox().Url);
        request.Content = new StringContent(JsonSerializer.Serialize(new { TrainingJobName = jobName }), new MediaTypeHeaderValue("application/x-amz-json-1.1"));
        request.Headers.Add("X-Amz-Target", "SageMaker.DescribeTrainingJob");
        using var response = await http.SendAsync(await new RequestSignature("sagemaker").SignAsync(request, _place.Sandbox().Url));
        return JsonDocument.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).RootElement;
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    [GeneratedRegex(@"checkpoint interval_seconds=([0-9.]+) stall_seconds=[0-9.]+ time_between_interruptions_seconds=[0-9.]+ after=1\b")]
    private static partial Regex CorrectionPattern();
}
