using System.ComponentModel;
using System.Diagnostics;

namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>What this machine can keep the program of a node in: Linux namespaces, as far as the system allows them.</summary>
/// <param name="Mounts">True where <c>/opt/ml</c> of a program is its node's own.</param>
/// <param name="Networks">True where a program can be kept from every connection but those to its peers.</param>
/// <param name="AsUser">True where that takes a user namespace, because the sandbox does not run as root.</param>
internal sealed record NodeIsolation(bool Mounts, bool Networks, bool AsUser)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>No namespaces: programs run beside the sandbox.</summary>
    public static NodeIsolation None { get; } = new(Mounts: false, Networks: false, AsUser: false);

    /// <summary>Tries it out with a program that says whether it is kept in.</summary>
    public static NodeIsolation Probe() => OperatingSystem.IsLinux() && NodeContainer.HasTools
        && Probe(asUser: false) is var asRoot
            ? asRoot.Mounts ? asRoot : Probe(asUser: true)
            : None;

    private static NodeIsolation Probe(bool asUser)
    {
        var folder = Directory.CreateTempSubdirectory("sandbox-probe-").FullName;
        try
        {
            var root = Directory.CreateDirectory(Path.Combine(folder, "opt", "ml")).FullName;
            var isolation = new NodeIsolation(Mounts: true, Networks: true, asUser);
            var marker = Path.GetFileName(folder);
            var launch = new NodeLaunch("/bin/sh", ["-c", $": > /opt/ml/{marker}"], root, new Dictionary<string, string>());
            if (!Succeeds(isolation, launch) || !File.Exists(Path.Combine(root, marker)))
            {
                return None;
            }

            using var network = IsolatedNetwork.Open(isolation);
            return isolation with { Networks = network is not null && Succeeds(isolation, launch with { Network = network.Process }) };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool Succeeds(NodeIsolation isolation, NodeLaunch launch)
    {
        var (program, arguments) = NodeContainer.Command(isolation, launch, launch.FileName);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            if (process.WaitForExit(Patience))
            {
                return process.ExitCode == 0;
            }

            process.Kill(entireProcessTree: true);
            return false;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
