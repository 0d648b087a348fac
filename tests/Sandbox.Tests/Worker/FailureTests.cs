namespace BuildPipeline.Sandbox.Tests.Worker;

public sealed class FailureTests : IDisposable
{
    private readonly WorkerJob _job = new();

    public void Dispose() => _job.Dispose();

    [Fact]
    public async Task GivenNoTrainChannel_WhenStarted_ThenTheFailureNamesIt()
    {
        Directory.Delete(_job.Data, recursive: true);

        var attempt = await _job.RunAsync();

        Assert.All(attempt.ExitCodes, code => Assert.Equal(1, code));
        Assert.StartsWith("Channel 'train' is missing", attempt.Failure(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenNoText_WhenStarted_ThenTheFailureSaysHowMuchIsNeeded()
    {
        File.Delete(Path.Combine(_job.Data, "a.md"));
        File.WriteAllText(Path.Combine(_job.Data, "nested", "b.txt"), "short");

        var attempt = await _job.RunAsync();

        Assert.All(attempt.ExitCodes, code => Assert.Equal(1, code));
        Assert.Contains("(1 *.md and *.txt files) hold 5 bytes, and a context of 4 needs at least 10", attempt.Failure(0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenAPeerThatNeverJoins_WhenTheTimeIsOver_ThenTheOtherNamesIt()
    {
        _job.Hyperparameters["peer_timeout_seconds"] = "0.5";

        var attempt = _job.Start(rank => rank == 0);
        await attempt.WaitAsync();

        Assert.Equal([1], attempt.ExitCodes);
        Assert.StartsWith("Peer algo-2 (rank 1) did not join at 127.0.0.1:", attempt.Failure(0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenNoLeader_WhenTheTimeIsOver_ThenTheOtherNamesIt()
    {
        _job.Hyperparameters["peer_timeout_seconds"] = "0.5";

        var attempt = _job.Start(rank => rank == 1);
        await attempt.WaitAsync();

        Assert.StartsWith("Peer algo-1 (rank 0) did not join at 127.0.0.1:", attempt.Failure(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenAPeerThatIsLost_WhenTraining_ThenTheOtherFailsAndNamesIt()
    {
        _job.Hyperparameters["step_delay_ms"] = "20";
        var attempt = _job.Start();
        await attempt.UntilAsync(() => Directory.Exists(Path.Combine(attempt.Node(0), "checkpoints")));

        attempt.Processes[1].Kill();
        await attempt.WaitAsync();

        Assert.Equal(1, attempt.ExitCodes[0]);
        Assert.StartsWith("The connection to algo-2 (rank 1) was lost", attempt.Failure(0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenNodesWithOtherData_WhenStarted_ThenTheyRefuseToTrainTogether()
    {
        _job.Hyperparameters["peer_timeout_seconds"] = "10";
        var attempt = _job.Start(_ => false);
        File.AppendAllText(Path.Combine(attempt.Node(1), "input", "data", "train", "a.md"), " steps");
        attempt.Launch(attempt.Node(0));
        attempt.Launch(attempt.Node(1));

        await attempt.WaitAsync();

        Assert.All(attempt.ExitCodes, code => Assert.Equal(1, code));
        Assert.StartsWith("algo-2 (rank 1) and algo-1 (rank 0) would not train the same model (corpus=", attempt.Failure(0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenTheSandboxEnds_WhenTraining_ThenTheNodesEnd()
    {
        _job.Hyperparameters["step_delay_ms"] = "1000";
        var attempt = _job.Start();

        foreach (var process in attempt.Processes)
        {
            process.StandardInput.Close();
        }
        await attempt.WaitAsync();

        Assert.All(attempt.ExitCodes, code => Assert.Equal(1, code));
    }
}
