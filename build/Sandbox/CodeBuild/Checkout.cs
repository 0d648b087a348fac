namespace BuildPipeline.Sandbox.CodeBuild;

/// <summary>
/// The repository that the sandbox has: the checkout that it was started from. A build gets a copy of the work tree as it is now, with the newest
/// build of its programs, because a program of the sandbox has no package feed; and with the state of this sandbox in place of one of its own.
/// </summary>
/// <param name="root">Absolute path; null where the sandbox runs outside of any checkout.</param>
/// <param name="stateFolder">The state of this sandbox.</param>
internal sealed class Checkout(string? root, string stateFolder)
{
    private const string Marker = "BuildPipeline.sln";
    private const string Stamp = "build.stamp";

    // What git does not have either.
    private static readonly HashSet<string> Left = new(StringComparer.Ordinal)
    {
        ".git", ".build", ".tools", ".sandbox", ".terraform", "artifacts", "bin", "obj", "TestResults", "terraform.tfvars",
    };

    /// <summary>The checkout that the program of the sandbox is in.</summary>
    public static Checkout Find(string stateFolder)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, Marker)))
        {
            folder = folder.Parent;
        }

        return new(folder?.FullName, stateFolder);
    }

    /// <summary>Copies it.</summary>
    /// <param name="target">An empty folder.</param>
    /// <returns>Environment variables that the copy needs.</returns>
    /// <exception cref="IOException">There is no checkout, or it cannot be copied.</exception>
    public IReadOnlyDictionary<string, string> CopyTo(string target)
    {
        var source = root ?? throw new IOException("the sandbox was not started from a checkout");
        Copy(new DirectoryInfo(source), target, Left);
        Directory.CreateSymbolicLink(Path.Combine(target, ".sandbox"), stateFolder);
        if (Directory.Exists(Path.Combine(source, ".tools")))
        {
            Directory.CreateSymbolicLink(Path.Combine(target, ".tools"), Path.Combine(source, ".tools"));
        }

        return CopyBuild(Path.Combine(source, ".build"), Path.Combine(target, ".build"));
    }

    // Its stamp has the source of its packages and the folder of its programs, as build.sh writes it.
    private static Dictionary<string, string> CopyBuild(string source, string target)
    {
        var stamp = Path.Combine(source, Stamp);
        if (!File.Exists(stamp) || File.ReadAllText(stamp).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is not [var packages, var folder])
        {
            return [];
        }

        // What draws plots is the most of a build, and no build of the sandbox needs it.
        Copy(new DirectoryInfo(Path.Combine(source, "host", folder)), Path.Combine(target, "host", folder), ["Replay"]);
        File.Copy(stamp, Path.Combine(target, Stamp));
        return new() { ["PackageSource"] = packages };
    }

    // Times too, of folders as well: by them build.sh knows whether its build is current.
    private static void Copy(DirectoryInfo source, string target, HashSet<string> left)
    {
        Directory.CreateDirectory(target);
        foreach (var entry in source.EnumerateFileSystemInfos().Where(entry => !left.Contains(entry.Name)))
        {
            var copy = Path.Combine(target, entry.Name);
            switch (entry)
            {
                case { LinkTarget: { } link }:
                    File.CreateSymbolicLink(copy, link);
                    break;
                case DirectoryInfo folder:
                    Copy(folder, copy, left);
                    break;
                default:
                    File.Copy(entry.FullName, copy);
                    break;
            }
        }

        Directory.SetLastWriteTimeUtc(target, source.LastWriteTimeUtc);
    }
}
