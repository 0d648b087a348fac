using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BuildPipeline.Worker.Checkpoints;

/// <summary>
/// The checkpoints of one node's folder. Files grow in the staging folder and are renamed in, so neither a kill nor
/// SageMaker's upload ever meets half a file under its final name.
/// </summary>
/// <param name="root">The synchronised folder.</param>
/// <param name="staging">A folder on the same file system that is not synchronised.</param>
internal sealed partial class CheckpointStore(string root, string staging)
{
    /// <summary>Reads and verifies every checkpoint of the folder.</summary>
    /// <param name="ignored">Hears, for each folder that is not a complete checkpoint, which one and why.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The complete ones, newest first.</returns>
    public async Task<IReadOnlyList<StoredCheckpoint>> ReadCompleteAsync(Action<string> ignored, CancellationToken cancellationToken)
    {
        var complete = new List<StoredCheckpoint>();
        foreach (var (step, folder) in Folders().OrderByDescending(entry => entry.Step))
        {
            try
            {
                complete.Add(await ReadAsync(step, folder, cancellationToken));
            }
            catch (Exception e) when (e is IOException or JsonException or InvalidDataException or UnauthorizedAccessException)
            {
                ignored($"ignoring {Path.GetFileName(folder)}: {e.Message}");
            }
        }
        return complete;
    }

    /// <summary>Writes one node's file of a checkpoint under its final name.</summary>
    public async Task<CheckpointFile> WriteShardAsync(int step, int rank, byte[] content, CancellationToken cancellationToken)
    {
        var folder = FolderOf(step);
        Directory.CreateDirectory(folder);
        // A manifest that is already there speaks of files that are about to change.
        File.Delete(Path.Combine(folder, CheckpointManifest.FileName));
        var name = string.Create(CultureInfo.InvariantCulture, $"rank-{rank}.bin");
        await StagedFile.WriteAsync(staging, Path.Combine(folder, name), content, cancellationToken);
        return new CheckpointFile(name, rank, content.LongLength, Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    /// <summary>Makes a checkpoint exist. Every file that the manifest names must be in place, on every node.</summary>
    public Task PublishAsync(CheckpointManifest manifest, CancellationToken cancellationToken) =>
        StagedFile.WriteAsync(staging, Path.Combine(FolderOf(manifest.Step), CheckpointManifest.FileName), manifest.ToJson(), cancellationToken);

    /// <summary>Removes every folder of a step below <paramref name="oldestKept"/>, the manifest first.</summary>
    public void RemoveBefore(int oldestKept)
    {
        foreach (var (_, folder) in Folders().Where(entry => entry.Step < oldestKept))
        {
            File.Delete(Path.Combine(folder, CheckpointManifest.FileName));
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Empties the staging folder of what a killed predecessor left.</summary>
    public void ClearStaging()
    {
        if (Directory.Exists(staging))
        {
            Directory.Delete(staging, recursive: true);
        }
    }

    private static async Task<StoredCheckpoint> ReadAsync(int step, string folder, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, CheckpointManifest.FileName);
        if (!File.Exists(file))
        {
            throw new InvalidDataException("it has no manifest.json, so it was not completed");
        }
        var bytes = await File.ReadAllBytesAsync(file, cancellationToken);
        var manifest = CheckpointManifest.FromJson(bytes);
        if (manifest.Step != step)
        {
            throw new InvalidDataException($"its manifest is of step {manifest.Step}");
        }
        foreach (var part in manifest.Files)
        {
            await VerifyAsync(folder, part, cancellationToken);
        }
        return new StoredCheckpoint(folder, manifest, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    private static async Task VerifyAsync(string folder, CheckpointFile part, CancellationToken cancellationToken)
    {
        if (Path.GetFileName(part.Path) != part.Path)
        {
            throw new InvalidDataException($"its manifest names '{part.Path}', which is not a plain file name");
        }
        var info = new FileInfo(Path.Combine(folder, part.Path));
        if (!info.Exists)
        {
            throw new InvalidDataException($"{part.Path} is missing");
        }
        if (info.Length != part.Size)
        {
            throw new InvalidDataException($"{part.Path} has {info.Length} bytes instead of {part.Size}");
        }
        await using var stream = info.OpenRead();
        if (Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)) != part.Sha256)
        {
            throw new InvalidDataException($"{part.Path} is corrupt, its SHA-256 is not the manifest's");
        }
    }

    private IEnumerable<(int Step, string Folder)> Folders() =>
        from folder in Directory.Exists(root) ? Directory.EnumerateDirectories(root).ToList() : []
        let match = FolderName().Match(Path.GetFileName(folder))
        where match.Success && int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        select (int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), folder);

    private string FolderOf(int step) => Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"step-{step:D8}"));

    [GeneratedRegex(@"^step-(\d{8,})$")]
    private static partial Regex FolderName();
}

/// <summary>A complete checkpoint.</summary>
/// <param name="Folder">Where it is.</param>
/// <param name="Manifest">What it says.</param>
/// <param name="ManifestSha256">Hash of the manifest's bytes, which the lineage of a run that resumes from it names.</param>
internal sealed record StoredCheckpoint(string Folder, CheckpointManifest Manifest, string ManifestSha256);

/// <summary>Writes a file so it appears under its name whole or not at all.</summary>
internal static class StagedFile
{
    // No flush to the disk itself: a kill does not lose what the system has taken, and what a crash of the machine tears,
    // the manifest's hashes reveal.
    public static async Task WriteAsync(string staging, string target, byte[] content, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(staging);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var temporary = Path.Combine(staging, Path.GetFileName(target));
        await File.WriteAllBytesAsync(temporary, content, cancellationToken);
        File.Move(temporary, target, overwrite: true);
    }
}
