using System.Diagnostics;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;

namespace BuildPipeline.Pipeline.Tests.Runs;

/// <summary>On real repositories, each in its own folder.</summary>
public sealed class SourceCommitTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Given_ACleanCheckout_When_Read_Then_ItIsTheCommit()
    {
        var head = Commit("project");

        Assert.Equal(new SourceCommit(head, Dirty: false), SourceCommit.Read(At("project")));

        // What is ignored and runs nowhere, and caches, do not count.
        _folder.Write("project/bin/out.dll", "x");
        _folder.Write("project/training/__pycache__/train.pyc", "x");
        Assert.Equal(new SourceCommit(head, Dirty: false), SourceCommit.Read(At("project")));
    }

    [Theory]
    [InlineData("training/train.py")] // edited
    [InlineData("training/new.py")] // untracked
    [InlineData("training/bin/helper.py")] // ignored, and part of what a job gets
    [InlineData("infra/main_override.tf")] // untracked, beside the program
    public void Given_AFileThatTheCommitDoesNotHave_When_Read_Then_TheCommitIsNamedAsChanged(string file)
    {
        var head = Commit("project");

        _folder.Write("project/" + file, "# a change");

        Assert.Equal(new SourceCommit(head, Dirty: true), SourceCommit.Read(At("project")));
    }

    [Fact]
    public void Given_AChangeThatIsOnlyStaged_Or_ADeletedFile_When_Read_Then_TheCommitIsNamedAsChanged()
    {
        var head = Commit("project");
        File.Delete(_folder.Write("project/training/train.py", ""));
        Assert.Equal(new SourceCommit(head, Dirty: true), SourceCommit.Read(At("project")));

        Git("project", "rm", "-q", "--cached", "training/train.py");
        Assert.Equal(new SourceCommit(head, Dirty: true), SourceCommit.Read(At("project")));
    }

    [Fact]
    public void Given_ACopyInsideAnotherRepository_When_Read_Then_ThereIsNoCommit()
    {
        Commit("outer");
        _folder.Write("outer/copy/training/train.py", "print(1)");

        Assert.Null(SourceCommit.Read(At("outer/copy")));
        Assert.Null(SourceCommit.Read(At("outer/training")));
    }

    [Fact]
    public void Given_AWorktree_When_Read_Then_ItsOwnCommitAndChangesCount()
    {
        var first = Commit("project");
        Git("project", "worktree", "add", "-q", "../tree", "-b", "other");
        _folder.Write("project/training/train.py", "print(2)");

        Assert.Equal(new SourceCommit(first, Dirty: false), SourceCommit.Read(At("tree")));
        Assert.Equal(new SourceCommit(first, Dirty: true), SourceCommit.Read(At("project")));
    }

    [Fact]
    public void Given_ASubmodule_When_Read_Then_ItIsACheckoutOfItsOwn_And_ItsChangesAreThoseOfTheProjectToo()
    {
        var inner = Commit("inner");
        Commit("project");
        Git("project", "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", At("inner"), "training/lib");
        Git("project", "commit", "-q", "-m", "submodule");
        var outer = Git("project", "rev-parse", "HEAD").Trim();
        Assert.Equal(new SourceCommit(outer, Dirty: false), SourceCommit.Read(At("project")));

        _folder.Write("project/training/lib/training/train.py", "print(3)");

        Assert.Equal(new SourceCommit(outer, Dirty: true), SourceCommit.Read(At("project")));
        Assert.Equal(new SourceCommit(inner, Dirty: true), SourceCommit.Read(At("project/training/lib")));
    }

    [Fact]
    public void Given_NoRepository_Or_NoCommitYet_When_Read_Then_ThereIsNoCommit()
    {
        _folder.Write("plain/training/train.py", "print(1)");
        Assert.Null(SourceCommit.Read(At("plain")));

        Git("plain", "init", "-q");
        Assert.Null(SourceCommit.Read(At("plain")));
    }

    private string At(string path) => Path.Combine(_folder.Root, path);

    private string Commit(string project)
    {
        _folder.Write(project + "/training/train.py", $"print('{project}')");
        _folder.Write(project + "/.gitignore", "bin/\n__pycache__/\n");
        Git(project, "init", "-q");
        Git(project, "add", "-A");
        Git(project, "commit", "-q", "-m", "first");
        return Git(project, "rev-parse", "HEAD").Trim();
    }

    private string Git(string project, params string[] arguments)
    {
        string[] author = ["-c", "user.name=x", "-c", "user.email=x@example.invalid", "-c", "commit.gpgsign=false"];
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", At(project), .. author, .. arguments]) { RedirectStandardOutput = true })!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0 ? output : throw new InvalidOperationException($"git {string.Join(' ', arguments)} ended with {git.ExitCode}.");
    }
}
