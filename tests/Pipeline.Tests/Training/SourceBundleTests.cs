using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using BuildPipeline.Uploads;
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
        Assert.Contains("has no files", Fails(_folder.Root), StringComparison.Ordinal);
        Assert.Contains("is a file", Fails(_folder.Write("file", "x")), StringComparison.Ordinal);
        using (var large = File.Create(Path.Combine(_folder.Root, "large.bin")))
        {
            large.SetLength(SourceBundle.MaxBytes + 1);
        }

        Assert.Contains("training_data_uri", Fails(_folder.Root), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("ln -s train.py entry.py", "entry.py is a symbolic link")]
    [InlineData("ln -s . entry", "entry is a symbolic link")]
    [InlineData("mkfifo lib/pipe", "pipe is a named pipe")]
    [InlineData("ln -s /dev/zero device", "device is a symbolic link")]
    [InlineData(@"touch $'bad\xff.py'", "bad\uFFFD.py has a name that is not valid UTF-8")]
    [InlineData(@"touch $'two\nlines.py'", "two?lines.py has a control character in its name")]
    [InlineData(@"touch 'a\b.py'", @"a\b.py has a backslash in its name")]
    [InlineData(@"d=$(printf 'd%.0s' {1..200}); mkdir -p $d/$d/$d/$d/$d && touch $d/$d/$d/$d/$d/f", "too long for an S3 key")]
    public void Given_AnEntryThatIsNoPlainFile_When_Read_Then_ItIsRefusedByName(string command, string expected)
    {
        Skip.If(OperatingSystem.IsWindows(), "These entries exist on Unix only: their refusal was not tested.");
        _folder.Write("train.py", "x");
        _folder.Write("lib/empty.py", "");
        Assert.Equal(2, Read(_folder).Files.Count);
        Shell(command);

        Assert.Contains(expected, Fails(_folder.Root), StringComparison.Ordinal);

        // .NET cannot delete a file whose name it cannot decode.
        Shell("rm -r ./*");
    }

    [SkippableFact]
    public void Given_ASocket_When_Read_Then_ItIsRefusedByName()
    {
        Skip.If(OperatingSystem.IsWindows(), "Sockets are no files on Windows: their refusal was not tested.");
        _folder.Write("train.py", "x");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder.Root, "s")));

        Assert.Contains("s is not a plain file", Fails(_folder.Root), StringComparison.Ordinal);
    }

    [Fact]
    public void Given_AFileThatCannotBeRead_When_Read_Then_ItIsRefusedByName()
    {
        var file = _folder.Write("train.py", "x");
        using var held = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        Assert.Contains($"{file} cannot be read", Fails(_folder.Root), StringComparison.Ordinal);
    }

    [Fact]
    public void Given_NamesBeyondTheBasicPlane_When_Digested_Then_TheOrderIsThatOfTheirUtf8Bytes()
    {
        // U+FF5E comes before U+1F600 in UTF-8, and after its surrogates in UTF-16.
        (string Path, string Sha256, long Size)[] files = [("\U0001F600", "aa", 1), ("\uFF5E", "bb", 2)];
        var expected = SHA256.HashData(Encoding.UTF8.GetBytes("bb 2 \uFF5E\naa 1 \U0001F600\n"));

        Assert.Equal(Convert.ToHexStringLower(expected), ContentDigest.Compute(files));
    }

    private void Shell(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { WorkingDirectory = _folder.Root })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }

    private static string Fails(string folder)
    {
        var exception = Assert.Throws<PipelineException>(() => Read(folder));
        Assert.Equal(ExitCode.BadConfiguration, exception.ExitCode);
        return exception.Message;
    }

    private static ContentManifest Read(TempFolder folder) => Read(folder.Root);

    private static ContentManifest Read(string folder) => SourceBundle.ReadAsync(folder, CancellationToken.None).GetAwaiter().GetResult();

    private static void Write(TempFolder folder, IEnumerable<(string Path, byte[] Content)> files)
    {
        foreach (var (path, content) in files)
        {
            File.WriteAllBytes(folder.Write(path, ""), content);
        }
    }
}
