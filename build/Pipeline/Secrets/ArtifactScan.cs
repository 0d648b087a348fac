using System.IO.Compression;
using System.Text;

namespace BuildPipeline.Secrets;

/// <summary>Looks for secrets in the files of a folder that is about to be uploaded, whatever wrote them.</summary>
public static class ArtifactScan
{
    private static readonly string[] Documents = [".json", ".jsonl", ".tfvars"];

    /// <summary>Where the files hold what looks like a secret: paths relative to the folder, with the name of the value where it has one.</summary>
    /// <param name="folder">The folder; one that does not exist holds nothing.</param>
    public static IReadOnlyList<string> Find(string folder) => !Directory.Exists(folder) ? [] :
    [
        .. from file in FolderWalk.Files(new DirectoryInfo(folder))
           let path = Path.GetRelativePath(folder, file.FullName)
           from name in Names(file)
           select name.Length == 0 ? path : $"{path}: {name}",
    ];

    private static IEnumerable<string> Names(FileInfo file) =>
        Documents.Contains(file.Extension) ? SecretScan.Find([new("", File.ReadAllText(file.FullName))]).Select(name => name.Replace(" ()", "", StringComparison.Ordinal)).Distinct()
        : Texts(file).Any(HoldsSecret) ? [""]
        : [];

    // A line of a log is short; what is longer is data.
    private static bool HoldsSecret(string text) => text.Split('\n').Any(line => SecretValues.HasKnownForm(line) || (line.Length < 2000 && SecretValues.HoldsSecret(line)));

    // A saved plan is an archive.
    private static IEnumerable<string> Texts(FileInfo file)
    {
        if (file.Extension != ".tfplan")
        {
            return [File.ReadAllText(file.FullName, Encoding.Latin1)];
        }

        using var archive = ZipFile.OpenRead(file.FullName);
        return [.. archive.Entries.Select(Text)];
    }

    private static string Text(ZipArchiveEntry entry)
    {
        using var reader = new StreamReader(entry.Open(), Encoding.Latin1);
        return reader.ReadToEnd();
    }
}
