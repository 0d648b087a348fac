using System.Text.Json;
using BuildPipeline.Hosting;
using Spectre.Console.Testing;

namespace BuildPipeline.Pipeline.Tests.Replay;

/// <summary>The Replay target, which starts the process.</summary>
public sealed class ReplayProcessTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("replay-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Given_TracesAndJobs_When_TheTargetRuns_Then_TheProcessWritesTheResultsAndItsExitCodeIsTheTargets()
    {
        File.WriteAllText(PathOf("t.json"), """{"metadata":{"gap_seconds":900},"data":[1,1,0,1,1,1,1,1,1,1,1,1]}""");
        File.WriteAllText(PathOf("jobs.txt"), """
            [{"id":"a","trace":"t.json","start_tick":0,"work_hours":1,"deadline_hours":2,"restart_hours":0.1,"spot_price_ratio":0.35}]
            """);
        string[] options = [$"--artifacts={PathOf("artifacts")}", $"--traces={_folder.FullName}", $"--jobs={PathOf("jobs.txt")}"];

        Assert.Equal((int)ExitCode.Done, Run([.. options, $"--out={PathOf("results")}"]));
        Assert.Equal((int)ExitCode.BadConfiguration, Run(options));

        using var results = JsonDocument.Parse(File.ReadAllText(PathOf("results")));
        Assert.Equal("a", results.RootElement[0].GetProperty("id").GetString());
    }

    private static int Run(string[] options) => EntryPoint.Run(["--target=Replay", .. options], new TestConsole());

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
