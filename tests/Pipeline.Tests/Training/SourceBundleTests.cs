using BuildPipeline.Training;
using FsCheck.Xunit;

namespace BuildPipeline.Pipeline.Tests.Training;

public sealed class SourceBundleTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Property(MaxTest = 30)]
    public bool GivenTheSameFiles_WhenReadTwiceInAnyOrderAndAtAnyTime_ThenTheirDigestsAreEqual(byte[][] contents, int seed)
    {
        using var first = new TempFolder();
        using var second = new TempFolder();
        var files = contents.Append([1]).Select((content, index) => (Path: $"d{index % 3}/f{index}.py", Content: content)).ToArray();
        Write(first, files);
        new Random(seed).Shuffle(files);
        Write(second, files);
        foreach (var file in Directory.EnumerateFiles(second.Root, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc).AddSeconds(Math.Abs((long)seed)));
        }

        return Read(first).Sha256 == Read(second).Sha256;
    }

    [Property(MaxTest = 30)]
    public bool GivenOneByteMore_WhenRead_ThenTheDigestDiffers(byte[] content, byte more)
    {
        Write(_folder, [("train.py", content)]);
        var before = Read(_folder).Sha256;
        Write(_folder, [("train.py", [.. content, more])]);
        return Read(_folder).Sha256 != before;
    }

    [Fact]
    public void GivenARenamedFile_WhenRead_ThenTheDigestDiffers()
    {
        _folder.Write("a.py", "x");
        var before = Read(_folder).Sha256;
        File.Move(Path.Combine(_folder.Root, "a.py"), Path.Combine(_folder.Root, "b.py"));
        Assert.NotEqual(before, Read(_folder).Sha256);
    }

    [Fact]
    public void GivenCachesAndHiddenFiles_WhenRead_ThenTheyStayOut()
    {
        _folder.Write("train.py", "print(1)");
        _folder.Write("lib/data.py", "x = 1");
        var before = Read(_folder);
        _folder.Write("__pycache__/train.cpython-312.pyc", "cache");
        _folder.Write("lib/old.pyc", "cache");
        _folder.Write(".venv/bin/python", "binary");
        _folder.Write(".env", "X=1");
        var after = Read(_folder);
        Assert.Equal(before.Sha256, after.Sha256);
        Assert.Equal(["lib/data.py", "train.py"], after.Files.Select(file => file.Path));
    }

    [Fact]
    public void GivenNoFolderOrAnEmptyOneOrTooMuch_WhenRead_ThenASentenceSaysSo()
    {
        Assert.Contains("does not exist", Fails(Path.Combine(_folder.Root, "missing")), StringComparison.Ordinal);
        Assert.Contains("holds no files", Fails(_folder.Root), StringComparison.Ordinal);
        Assert.Contains("is a file", Fails(_folder.Write("file", "x")), StringComparison.Ordinal);
        using (var large = File.Create(Path.Combine(_folder.Root, "large.bin")))
        {
            large.SetLength(SourceBundle.MaxBytes + 1);
        }

        Assert.Contains("training_data_uri", Fails(_folder.Root), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void GivenASymbolicLink_WhenRead_ThenASentenceSaysSo()
    {
        Skip.If(OperatingSystem.IsWindows(), "Symbolic links need rights on Windows: the refusal of links was skipped.");
        var target = _folder.Write("train.py", "x");
        File.CreateSymbolicLink(Path.Combine(_folder.Root, "link.py"), target);
        Assert.Contains("symbolic link", Fails(_folder.Root), StringComparison.Ordinal);
    }

    private static string Fails(string folder)
    {
        var exception = Assert.Throws<PipelineException>(() => Read(folder));
        Assert.Equal(ExitCode.BadConfiguration, exception.ExitCode);
        return exception.Message;
    }

    private static FolderContent Read(TempFolder folder) => Read(folder.Root);

    private static FolderContent Read(string folder) => SourceBundle.ReadAsync(folder, CancellationToken.None).GetAwaiter().GetResult();

    private static void Write(TempFolder folder, IEnumerable<(string Path, byte[] Content)> files)
    {
        foreach (var (path, content) in files)
        {
            File.WriteAllBytes(folder.Write(path, ""), content);
        }
    }
}
