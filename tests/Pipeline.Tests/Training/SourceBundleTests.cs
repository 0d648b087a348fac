using System.Formats.Tar;
using System.IO.Compression;
using BuildPipeline.Training;
using FsCheck.Xunit;

namespace BuildPipeline.Pipeline.Tests.Training;

public sealed class SourceBundleTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Property(MaxTest = 30)]
    public bool GivenTheSameFiles_WhenPackedTwiceInAnyOrderAndAtAnyTime_ThenDigestAndArchiveAreEqual(byte[][] contents, int seed)
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

        var (one, two) = (Pack(first), Pack(second));
        return one.Sha256 == two.Sha256 && Bytes(one).SequenceEqual(Bytes(two));
    }

    [Property(MaxTest = 30)]
    public bool GivenOneByteMore_WhenPacked_ThenTheDigestDiffers(byte[] content, byte more)
    {
        Write(_folder, [("train.py", content)]);
        var before = Pack(_folder).Sha256;
        Write(_folder, [("train.py", [.. content, more])]);
        return Pack(_folder).Sha256 != before;
    }

    [Fact]
    public void GivenARenamedFile_WhenPacked_ThenTheDigestDiffers()
    {
        _folder.Write("a.py", "x");
        var before = Pack(_folder).Sha256;
        File.Move(Path.Combine(_folder.Root, "a.py"), Path.Combine(_folder.Root, "b.py"));
        Assert.NotEqual(before, Pack(_folder).Sha256);
    }

    [Fact]
    public void GivenCachesAndHiddenFiles_WhenPacked_ThenTheyStayOut()
    {
        _folder.Write("train.py", "print(1)");
        _folder.Write("lib/data.py", "x = 1");
        var before = Pack(_folder);
        _folder.Write("__pycache__/train.cpython-312.pyc", "cache");
        _folder.Write("lib/old.pyc", "cache");
        _folder.Write(".venv/bin/python", "binary");
        _folder.Write(".env", "X=1");
        var after = Pack(_folder);
        Assert.Equal(before.Sha256, after.Sha256);
        Assert.Equal(["lib/data.py", "train.py"], Names(after));
    }

    [Fact]
    public void GivenABundle_WhenUnpacked_ThenFilesAreWholeAndCarryNothingOfThisMachine()
    {
        _folder.Write("train.py", "print(1)");
        using var tar = new TarReader(new GZipStream(Pack(_folder).OpenRead(), CompressionMode.Decompress));
        var entry = (UstarTarEntry)tar.GetNextEntry(copyData: true)!;
        Assert.Equal(
            ("train.py", DateTimeOffset.UnixEpoch, 0, 0, "", "", "print(1)"),
            (entry.Name, entry.ModificationTime, entry.Uid, entry.Gid, entry.UserName, entry.GroupName, new StreamReader(entry.DataStream!).ReadToEnd()));
        Assert.Null(tar.GetNextEntry());
    }

    [Fact]
    public void GivenNoFolderOrAnEmptyOneOrALongPath_WhenPacked_ThenASentenceSaysSo()
    {
        Assert.Contains("does not exist", Fails(Path.Combine(_folder.Root, "missing")), StringComparison.Ordinal);
        Assert.Contains("holds no files", Fails(_folder.Root), StringComparison.Ordinal);
        Assert.Contains("is a file", Fails(_folder.Write("file", "x")), StringComparison.Ordinal);
        _folder.Write(string.Join('/', Enumerable.Repeat(new string('n', 120), 3)), "x");
        Assert.Contains("too long", Fails(_folder.Root), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void GivenASymbolicLink_WhenPacked_ThenASentenceSaysSo()
    {
        Skip.If(OperatingSystem.IsWindows(), "Symbolic links need rights on Windows: the refusal of links was skipped.");
        var target = _folder.Write("train.py", "x");
        File.CreateSymbolicLink(Path.Combine(_folder.Root, "link.py"), target);
        Assert.Contains("symbolic link", Fails(_folder.Root), StringComparison.Ordinal);
    }

    private static string Fails(string folder)
    {
        var exception = Assert.Throws<PipelineException>(() => Pack(folder));
        Assert.Equal(ExitCode.BadConfiguration, exception.ExitCode);
        return exception.Message;
    }

    private static SourceBundle Pack(TempFolder folder) => Pack(folder.Root);

    private static SourceBundle Pack(string folder) => SourceBundle.PackAsync(folder, CancellationToken.None).GetAwaiter().GetResult();

    private static byte[] Bytes(SourceBundle bundle)
    {
        using var copy = new MemoryStream();
        bundle.OpenRead().CopyTo(copy);
        return copy.ToArray();
    }

    private static List<string> Names(SourceBundle bundle)
    {
        using var tar = new TarReader(new GZipStream(bundle.OpenRead(), CompressionMode.Decompress));
        var names = new List<string>();
        while (tar.GetNextEntry() is { } entry)
        {
            names.Add(entry.Name);
        }

        return names;
    }

    private static void Write(TempFolder folder, IEnumerable<(string Path, byte[] Content)> files)
    {
        foreach (var (path, content) in files)
        {
            File.WriteAllBytes(folder.Write(path, ""), content);
        }
    }
}
