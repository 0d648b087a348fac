namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>A program of one's own in the sandbox: what is paid is used, and what went wrong can be read afterwards.</summary>
[Trait("Tier", "all")]
public sealed class NodeTests : IAsyncLifetime
{
    private readonly Workplace _place = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [TerraformFact]
    public async Task Given_APlainPythonProgramOfOneProcessOnTwoNodes_When_Launched_Then_TheIdleNodeIsAFindingAndTheLogCanBeRead()
    {
        var program = _place.Write("program.tfvars", """
            training_image_uri    = "sandbox/python"
            entrypoint            = ["python3", "/opt/ml/input/data/code/examples/minimal.py"]
            environment_variables = { RANK = "0", WORLD_SIZE = "1" }
            hyperparameters       = {}
            final_metric          = { name = "train:loss", max = 5 }
            """);

        var starter = new Dictionary<string, string> { ["AWS_SESSION_TOKEN"] = "of-the-starter", ["HF_TOKEN"] = "of-the-starter", ["GH_TOKEN"] = "of-the-starter" };

        (await Workplace.EndAsync(_place.Start(["--target=Launch", "--interruptions=0", $"--var-file={program}"], starter)))
            .ShouldExitWith(7, "BP1601").ShouldContain("2 nodes", "1 process");

        var failed = _place.Run.GetProperty("evidence").GetProperty("findings").EnumerateArray()
            .Where(finding => !finding.GetProperty("passed").GetBoolean()).Select(finding => finding.GetProperty("check").GetString());
        Assert.Equal("nodes", Assert.Single(failed));
        if (OperatingSystem.IsLinux())
        {
            Assert.DoesNotContain("of-the-starter", await File.ReadAllTextAsync($"/proc/{_place.Sandbox().Pid}/environ"), StringComparison.Ordinal);
        }

        var log = (await _place.BuildAsync("--target=Logs", "--run=latest", "--node=2")).ShouldExitWith(0).ShouldContain("[algo-2.1] final step=200");
        Assert.DoesNotContain("[algo-1", log.Output, StringComparison.Ordinal);
        (await _place.BuildAsync("--target=Logs", "--run=latest", "--attempt=2")).ShouldExitWith(2, "BP1512");
    }

    [TerraformFact]
    public async Task Given_TheLogIsThrottled_When_AProgramFails_Then_ItsLastLinesAreShownAndInTheReceipt()
    {
        var bad = _place.Write("bad.tfvars", """hyperparameters = { total_steps = "40", learning_rate = "not-a-number" }""");
        await _place.BuildAsync("--target=Logs");
        await _place.FaultsAsync(new { service = "logs", operation = "*", kind = "throttle", count = 12 });

        (await _place.BuildAsync("--target=Launch", "--interruptions=0", $"--var-file={bad}")).ShouldExitWith(1).ShouldContain("--target=Logs");

        var log = _place.Run.GetProperty("attempts")[0].GetProperty("failure_log");
        Assert.StartsWith("algo-", log.GetProperty("host").GetString(), StringComparison.Ordinal);
        Assert.Contains(log.GetProperty("lines").EnumerateArray(), line => line.GetString()!.Contains("not-a-number", StringComparison.Ordinal));
        Assert.Contains("not-a-number", File.ReadAllText(_place.RunFile("summary.md")).Split("Last log lines of algo-")[1], StringComparison.Ordinal);
    }
}
