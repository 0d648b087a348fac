using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using BuildPipeline.Sandbox.SageMaker.Jobs;

namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>Runs each node as a process of this machine, kept in what <paramref name="isolation"/> allows.</summary>
internal sealed class ProcessNodeRunner(NodeIsolation isolation) : INodeRunner
{
    // What a program needs to start at all. Home, credentials and settings of the user who started the sandbox stay out.
    private static readonly string[] Inherited = ["PATH", "LANG", "DOTNET_ROOT", "DOTNET_ROOT_X64", "SystemRoot", "SystemDrive", "PATHEXT"];

    public NodeIsolation Isolation => isolation;

    public INodeNetwork? OpenNetwork() => isolation.Networks ? IsolatedNetwork.Open(isolation) : null;

    public INode Start(NodeLaunch launch, Action<string> line)
    {
        var (program, arguments) = NodeContainer.Command(isolation, launch, ProgramOf(launch));
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = launch.WorkingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var kept = Inherited.Where(start.Environment.ContainsKey).ToDictionary(name => name, name => start.Environment[name]);
        start.Environment.Clear();
        foreach (var (name, value) in kept.Concat(launch.Environment.Select(entry => KeyValuePair.Create(entry.Key, (string?)entry.Value))))
        {
            start.Environment[name] = value;
        }

        try
        {
            return new ProcessNode(Process.Start(start)!, line);
        }
        catch (Exception exception) when (exception is Win32Exception or FileNotFoundException)
        {
            throw new JobFailure($"ClientError: the program '{launch.FileName}' cannot be started: {exception.Message}");
        }
    }

    // A bare name is looked up on the node's own PATH, as in a container; the system would take the sandbox's.
    private string ProgramOf(NodeLaunch launch)
    {
        if (OperatingSystem.IsWindows())
        {
            return launch.FileName;
        }

        if (launch.FileName.Contains('/', StringComparison.Ordinal))
        {
            return File.Exists(OnThisMachine(launch.FileName, launch))
                ? launch.FileName
                : throw new JobFailure($"ClientError: the program '{launch.FileName}' cannot be started: there is no such file.");
        }

        var path = launch.Environment.GetValueOrDefault("PATH") ?? Environment.GetEnvironmentVariable("PATH") ?? "";
        return path.Split(Path.PathSeparator)
                .Select(folder => Path.Combine(folder, launch.FileName))
                .FirstOrDefault(file => File.Exists(OnThisMachine(file, launch)))
            ?? throw new JobFailure(
                $"ClientError: the program '{launch.FileName}' is not on the node's PATH: install it in the folder of the image's Python, or name it by its full path.");
    }

    // A relative path starts in the node's folder.
    private string OnThisMachine(string path, NodeLaunch launch) => isolation.Mounts && path.StartsWith(NodeContainer.Root + "/", StringComparison.Ordinal)
        ? launch.WorkingFolder + path[NodeContainer.Root.Length..]
        : Path.Combine(launch.WorkingFolder, path);

    private sealed partial class ProcessNode : INode
    {
        private const int SigTerm = 15;

        private readonly Process _process;

        public ProcessNode(Process process, Action<string> line)
        {
            _process = process;
            Exit = RunAsync(line);
        }

        public Task<int> Exit { get; }

        public void Terminate()
        {
            if (_process.HasExited)
            {
                return;
            }

            if (OperatingSystem.IsWindows())
            {
                // There is no SIGTERM: a node program ends itself when its input does.
                _process.StandardInput.Close();
            }
            else
            {
                _ = SendSignal(_process.Id, SigTerm);
            }
        }

        public void Kill()
        {
            try
            {
                _process.Kill(entireProcessTree: true);
            }
            catch (InvalidOperationException)
            {
                // It has ended by itself.
            }
        }

        public NodeUsage? Measure()
        {
            try
            {
                _process.Refresh();
                return _process.HasExited ? null : new NodeUsage(_process.TotalProcessorTime, _process.WorkingSet64);
            }
            catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
            {
                return null;
            }
        }

        public async ValueTask DisposeAsync()
        {
            Kill();
            await Exit;
            _process.Dispose();
        }

        private async Task<int> RunAsync(Action<string> line)
        {
            await Task.WhenAll(ForwardAsync(_process.StandardOutput, line), ForwardAsync(_process.StandardError, line));
            await _process.WaitForExitAsync();
            return _process.ExitCode;
        }

        private static async Task ForwardAsync(StreamReader output, Action<string> line)
        {
            while (await output.ReadLineAsync() is { } text)
            {
                line(text);
            }
        }

        [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int SendSignal(int process, int signal);
    }
}
