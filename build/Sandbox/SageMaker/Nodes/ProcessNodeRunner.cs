using System.ComponentModel;
using BuildPipeline.Sandbox.Programs;
using BuildPipeline.Sandbox.SageMaker.Jobs;

namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>Runs each node as a process of this machine, kept in what <paramref name="isolation"/> allows.</summary>
internal sealed class ProcessNodeRunner(NodeIsolation isolation) : INodeRunner
{
    public NodeIsolation Isolation => isolation;

    public INodeNetwork? OpenNetwork() => isolation.Networks ? IsolatedNetwork.Open(isolation) : null;

    public INode Start(NodeLaunch launch, Action<string> line)
    {
        var (program, arguments) = NodeContainer.Command(isolation, launch, ProgramOf(launch));
        try
        {
            return new ProcessNode(HostProgram.Start(program, arguments, launch.WorkingFolder, launch.Environment, line));
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

    private sealed class ProcessNode(HostProgram program) : INode
    {
        public Task<int> Exit => program.Exit;

        public void Terminate() => program.Terminate();

        public void Kill() => program.Kill();

        public NodeUsage? Measure()
        {
            try
            {
                program.Process.Refresh();
                return program.Process.HasExited ? null : new NodeUsage(program.Process.TotalProcessorTime, program.Process.WorkingSet64);
            }
            catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
            {
                return null;
            }
        }

        public ValueTask DisposeAsync() => program.DisposeAsync();
    }
}
