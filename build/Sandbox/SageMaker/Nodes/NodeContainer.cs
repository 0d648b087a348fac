using System.Globalization;

namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>The command that starts a node's program in namespaces of its own. It keeps the process id, so signals reach the program.</summary>
internal static class NodeContainer
{
    /// <summary>Where a program finds its node's folders.</summary>
    public const string Root = "/opt/ml";

    // Mounts the folder $1 over /opt, with all that is in /opt of this machine; only what is in /opt/ml is the node's.
    // The names of its variables are not those of a job, whose environment it passes on.
    private const string Script = """
        _sandbox_path=$PATH; PATH=/usr/sbin:/usr/bin:/sbin:/bin
        if [ -d /opt/ml ] && [ ! -L /opt/ml ]; then
          mount --rbind "$1/ml" /opt/ml || exit 125
        else
          for _sandbox_entry in /opt/* /opt/.[!.]*; do
            _sandbox_copy=$1/${_sandbox_entry##*/}
            if [ -e "$_sandbox_copy" ]; then continue
            elif [ -L "$_sandbox_entry" ]; then cp -P "$_sandbox_entry" "$_sandbox_copy"
            elif [ -d "$_sandbox_entry" ]; then mkdir "$_sandbox_copy" && mount --rbind "$_sandbox_entry" "$_sandbox_copy"
            elif [ -e "$_sandbox_entry" ]; then : > "$_sandbox_copy" && mount --bind "$_sandbox_entry" "$_sandbox_copy"
            fi || exit 125
          done
          mount --rbind "$1" /opt || exit 125
        fi
        cd /opt/ml || exit 125
        shift
        unset OLDPWD
        PATH=$_sandbox_path
        exec "$@"
        """;

    private static readonly string[] Folders = ["/usr/bin/", "/bin/"];
    private static readonly string? Unshare = Tool("unshare");
    private static readonly string? Nsenter = Tool("nsenter");

    /// <summary>True where the machine has the programs that make namespaces.</summary>
    public static bool HasTools => Unshare is not null && Nsenter is not null;

    /// <param name="isolation">What the machine can do; without mounts the command is the program itself.</param>
    /// <param name="launch">What to start: its working folder is what the program sees as <c>/opt/ml</c>.</param>
    /// <param name="program">The program's full path, as it sees it.</param>
    public static (string FileName, IReadOnlyList<string> Arguments) Command(NodeIsolation isolation, NodeLaunch launch, string program)
    {
        if (!isolation.Mounts)
        {
            return (program, launch.Arguments);
        }

        string[] entered = launch.Network is { } network ? [Nsenter!, "--target", network.ToString(CultureInfo.InvariantCulture), .. Entered(isolation), "--net"] : [];
        string[] own = [Unshare!, .. launch.Network is null ? Owned(isolation) : [], "--mount", "/bin/sh", "-c", Script, "sh"];
        string[] command = [.. entered, .. own, Path.GetDirectoryName(launch.WorkingFolder)!, program, .. launch.Arguments];
        return (command[0], command[1..]);
    }

    /// <summary>The command of a network without a way out: it says <c>ready</c>, and stays until its input ends.</summary>
    public static (string FileName, IReadOnlyList<string> Arguments) Network(NodeIsolation isolation)
    {
        const string Hold = "PATH=/usr/sbin:/usr/bin:/sbin:/bin; ip link set lo up && echo ready && exec cat";
        return (Unshare!, [.. Owned(isolation), "--net", "/bin/sh", "-c", Hold]);
    }

    private static string[] Owned(NodeIsolation isolation) => isolation.AsUser ? ["--user", "--map-root-user"] : [];

    private static string[] Entered(NodeIsolation isolation) => isolation.AsUser ? ["--user", "--preserve-credentials"] : [];

    private static string? Tool(string name) => Folders.Select(folder => folder + name).FirstOrDefault(File.Exists);
}
