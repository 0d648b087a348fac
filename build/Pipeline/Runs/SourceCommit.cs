using System.ComponentModel;
using System.Diagnostics;

namespace BuildPipeline.Runs;

/// <summary>The commit that a run's files are of.</summary>
/// <param name="Id">The commit's hash.</param>
/// <param name="Dirty">True if the files differ from the commit: edited, added or deleted, also in a submodule.</param>
public sealed record SourceCommit(string Id, bool Dirty)
{
    // Set by git in its hooks; they would name another repository or another index.
    private static readonly string[] Redirections = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_NAMESPACE"];

    /// <summary>Reads it from the checkout at <paramref name="root"/>.</summary>
    /// <returns>Null if there is no git or no commit, or where the folder is only a subfolder of another repository.</returns>
    public static SourceCommit? Read(string root)
    {
        // At the top of a checkout, a worktree or a submodule the prefix is empty.
        if (Git(root, "rev-parse", "--show-prefix") is not "\n" || Git(root, "rev-parse", "HEAD") is not { } head)
        {
            return null;
        }

        // A job gets all of training/, what git ignores there included, but for hidden files and Python's caches.
        var changes = Git(root, "status", "--porcelain", "-z", "--untracked-files=all", "--ignore-submodules=none");
        var ignored = Git(root, "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--", "training");
        return new(head.Trim(), changes is not "" || ignored is null || ignored.Split('\0', StringSplitOptions.RemoveEmptyEntries).Any(Runs));
    }

    private static bool Runs(string path) =>
        !path.EndsWith(".pyc", StringComparison.Ordinal) && !path.Split('/').Any(part => part == "__pycache__" || part.StartsWith('.'));

    private static string? Git(string root, params string[] arguments)
    {
        // Without optional locks a checkout that cannot be written is read, too.
        var start = new ProcessStartInfo("git", ["--no-optional-locks", "-C", root, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in Redirections)
        {
            start.Environment.Remove(name);
        }

        try
        {
            using var git = Process.Start(start)!;
            git.ErrorDataReceived += (_, _) => { };
            git.BeginErrorReadLine();
            var output = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? output : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
