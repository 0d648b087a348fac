using System.Net;
using System.Net.Sockets;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Nodes;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.SageMaker;

/// <summary>Real programs in namespaces of their own, on machines that allow them.</summary>
public sealed class NodeIsolationTests : IDisposable
{
    private static readonly NodeIsolation Isolation = NodeIsolation.Probe();

    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-isolation-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task Given_a_path_of_a_container_When_a_program_writes_there_Then_it_is_the_nodes_and_not_this_machines()
    {
        Skip.IfNot(Isolation.Mounts, "this machine allows no mount namespace");
        var before = Directory.Exists("/opt") ? Directory.GetFileSystemEntries("/opt").Order().ToArray() : [];
        var (first, second) = (Root("algo-1"), Root("algo-2"));

        var shown = await RunAsync(Launch(first, "echo of-first > /opt/ml/model; pwd; ls /opt"));
        await RunAsync(Launch(second, "echo of-second > /opt/ml/model"));

        Assert.Equal("/opt/ml", shown[0]);
        Assert.Equal([.. before.Select(Path.GetFileName).Append("ml").Distinct().Order(StringComparer.Ordinal)], shown.Skip(1).Order(StringComparer.Ordinal));
        Assert.Equal(("of-first\n", "of-second\n"), (File.ReadAllText(Path.Combine(first, "model")), File.ReadAllText(Path.Combine(second, "model"))));
        Assert.Equal(before, Directory.GetFileSystemEntries("/opt").Order());
        Assert.DoesNotContain(_folder, await File.ReadAllTextAsync("/proc/mounts"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Given_an_isolated_network_When_programs_connect_Then_they_reach_each_other_and_nothing_else()
    {
        Skip.IfNot(Isolation.Networks, "this machine allows no network namespace");
        Skip.IfNot(await ExternalTool.WorksAsync("python3", "--version"), "the programs of this test are in Python");
        using var outside = new TcpListener(IPAddress.Loopback, 0);
        outside.Start();
        var connect = $"import socket; socket.create_connection(('127.0.0.1', {((IPEndPoint)outside.LocalEndpoint).Port}), 5); print('connected')";
        using var network = new ProcessNodeRunner(Isolation).OpenNetwork();
        var (peer, other) = (Python("algo-1", Listen) with { Network = network!.Process }, Python("algo-2", Meet) with { Network = network.Process });

        var reached = await RunAsync(Python("algo-3", connect));
        var refused = await EndAsync(Python("algo-4", connect) with { Network = network.Process });
        var answers = await Task.WhenAll(RunAsync(peer), RunAsync(other));

        Assert.Equal(["connected"], reached);
        Assert.Equal(1, refused.Code);
        Assert.Contains(refused.Lines, line => line.StartsWith("ConnectionRefusedError", StringComparison.Ordinal));
        Assert.Equal([["heard hello"], ["said hello"]], answers);
    }

    [SkippableFact]
    public async Task Given_a_program_in_namespaces_When_it_is_asked_to_end_Then_it_gets_the_signal_and_its_exit_code_counts()
    {
        Skip.IfNot(Isolation.Networks, "this machine allows no network namespace");
        using var network = new ProcessNodeRunner(Isolation).OpenNetwork();
        var trained = new TaskCompletionSource();
        var launch = Launch(Root("algo-1"), "trap 'echo saved; exit 7' TERM; echo trains; while :; do read line || :; sleep 0.01; done") with { Network = network!.Process };
        await using var node = new ProcessNodeRunner(Isolation).Start(launch, line => Note(line, "trains", trained));
        await trained.Task.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.True(node.Measure()!.Memory > 0);
        node.Terminate();

        Assert.Equal(7, await node.Exit.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [SkippableFact]
    public async Task Given_a_program_in_namespaces_with_a_child_When_it_is_killed_Then_both_end_and_no_mount_stays()
    {
        Skip.IfNot(Isolation.Mounts, "this machine allows no mount namespace");
        var child = new TaskCompletionSource<int>();
        var launch = Launch(Root("algo-1"), "sleep 1000 & echo $!; wait");
        await using var node = new ProcessNodeRunner(Isolation).Start(launch, line => child.TrySetResult(int.Parse(line, System.Globalization.CultureInfo.InvariantCulture)));
        var id = await child.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Contains(_folder, await File.ReadAllTextAsync($"/proc/{id}/mounts"), StringComparison.Ordinal);

        node.Kill();

        Assert.Equal(FakeNode.KilledCode, await node.Exit.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.False(File.Exists($"/proc/{id}/mounts") && (await File.ReadAllTextAsync($"/proc/{id}/stat")).Split(' ')[2] != "Z");
        Assert.DoesNotContain(_folder, await File.ReadAllTextAsync("/proc/mounts"), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("/opt/ml/input/data/code/missing.sh", null)]
    [InlineData("missing-program", "/usr/bin:/opt/ml")]
    public void Given_a_program_that_the_node_has_not_When_started_in_namespaces_Then_the_job_fails_by_its_name(string program, string? path)
    {
        Skip.IfNot(Isolation.Mounts, "this machine allows no mount namespace");
        var environment = path is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["PATH"] = path };
        var launch = new NodeLaunch(program, [], Root("algo-1"), environment);

        var failure = Assert.Throws<JobFailure>(() => new ProcessNodeRunner(Isolation).Start(launch, _ => { }));

        Assert.StartsWith($"ClientError: the program '{program}'", failure.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Given_a_program_in_the_nodes_folder_When_started_by_its_path_there_Then_it_runs_with_the_jobs_environment_only()
    {
        Skip.IfNot(Isolation.Mounts, "this machine allows no mount namespace");
        var root = Root("algo-1");
        var program = Path.Combine(root, "run.sh");
        await File.WriteAllTextAsync(program, "#!/bin/sh\necho \"$1\"\nenv\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var shown = await RunAsync(new NodeLaunch("/opt/ml/run.sh", ["a  'b' $HOME"], root, new Dictionary<string, string> { ["NAME"] = "of the job" }));

        Assert.Equal("a  'b' $HOME", shown[0]);
        Assert.Contains("NAME=of the job", shown);
        Assert.Empty(shown.Skip(1).Select(line => line.Split('=')[0]).Except(["NAME", "PATH", "LANG", "DOTNET_ROOT", "DOTNET_ROOT_X64", "_", "PWD", "SHLVL"]));
    }

    [Theory]
    [InlineData("/opt/ml", "/node")]
    [InlineData("/opt/ml/model", "/node/model")]
    [InlineData("--out=/opt/ml/model", "--out=/node/model")]
    [InlineData("/opt/mlflow", "/opt/mlflow")]
    [InlineData("s3://bucket/opt/ml/model", "s3://bucket/opt/ml/model")]
    [InlineData("nothing", "nothing")]
    public void Given_no_mounts_When_a_text_is_a_path_below_opt_ml_Then_the_nodes_folder_takes_its_place(string text, string seen) =>
        Assert.Equal(seen, NodePaths.Replace(text, "/node", "command"));

    [Theory]
    [InlineData("cd /opt/ml/model && ls")]
    [InlineData("/opt/ml/a:/opt/ml/b")]
    [InlineData("{\"out\": \"/opt/ml/model\"}")]
    public void Given_no_mounts_When_a_text_names_opt_ml_elsewhere_Then_it_is_refused_by_what_it_is(string text) =>
        Assert.Contains("hyperparameter 'out'", Assert.Throws<JobFailure>(() => NodePaths.Replace(text, "/node", "hyperparameter 'out'")).Message, StringComparison.Ordinal);

    [Fact]
    public void Given_no_mounts_When_a_program_names_opt_ml_Then_it_is_refused_unless_it_asks_for_its_folder()
    {
        Write("asks.py", "base = os.environ.get('SAGEMAKER_BASE_DIR', '/opt/ml')");
        Write("data.json", "/opt/ml");
        NodePaths.CheckPrograms(_folder);
        NodePaths.CheckPrograms(Path.Combine(_folder, "missing"));
        Write("sub/fixed.py", "open('/opt/ml/model/out', 'w')");

        Assert.Contains(Path.Combine("sub", "fixed.py"), Assert.Throws<JobFailure>(() => NodePaths.CheckPrograms(_folder)).Message, StringComparison.Ordinal);
    }

    private const string Listen = """
        import socket
        server = socket.create_server(('127.0.0.1', 29500))
        server.settimeout(60)
        peer, _ = server.accept()
        print('heard', peer.recv(5).decode())
        """;

    private const string Meet = """
        import socket, time
        for _ in range(6000):
            try:
                peer = socket.create_connection(('127.0.0.1', 29500), 5)
                break
            except ConnectionRefusedError:
                time.sleep(0.01)
        peer.send(b'hello')
        print('said hello')
        """;

    private string Root(string host) => Directory.CreateDirectory(Path.Combine(_folder, host, "opt", "ml")).FullName;

    private void Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private static NodeLaunch Launch(string root, string script) => new("/bin/sh", ["-c", script], root, new Dictionary<string, string>());

    private NodeLaunch Python(string host, string program) => new("python3", ["-c", program], Root(host), new Dictionary<string, string>());

    private static void Note(string line, string expected, TaskCompletionSource seen)
    {
        if (line == expected)
        {
            seen.TrySetResult();
        }
    }

    private static async Task<List<string>> RunAsync(NodeLaunch launch)
    {
        var (code, lines) = await EndAsync(launch);
        Assert.True(code == 0, string.Join('\n', lines));
        return lines;
    }

    private static async Task<(int Code, List<string> Lines)> EndAsync(NodeLaunch launch)
    {
        var lines = new List<string>();
        await using var node = new ProcessNodeRunner(Isolation).Start(launch, line =>
        {
            lock (lines)
            {
                lines.Add(line);
            }
        });
        return (await node.Exit.WaitAsync(TimeSpan.FromSeconds(60)), lines);
    }
}
