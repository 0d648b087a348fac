using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using BuildPipeline.Worker.Settings;

namespace BuildPipeline.Worker.Model;

/// <summary>The text to learn from, as numbers of the bytes that occur in it.</summary>
/// <param name="Tokens">The whole text; each token is an index into <paramref name="Vocabulary"/>.</param>
/// <param name="Vocabulary">The bytes that occur, ascending.</param>
/// <param name="TrainingLength">How many tokens, from the start, are for training; the rest is held out.</param>
/// <param name="Sha256">Names the text: hash over the files' names and bytes.</param>
internal sealed record Corpus(byte[] Tokens, byte[] Vocabulary, int TrainingLength, string Sha256)
{
    private static readonly string[] Extensions = [".md", ".txt"];

    /// <summary>Reads every *.md and *.txt under a folder, in ordinal order of the relative paths.</summary>
    /// <exception cref="TrainingFailureException">The folder is missing, or holds too little text for the context.</exception>
    public static Corpus Load(string folder, int context, double validationFraction)
    {
        if (!Directory.Exists(folder))
        {
            throw new TrainingFailureException($"Channel 'train' is missing: there is no folder {folder}. Give the job a channel named train with *.md or *.txt files.");
        }
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Select(file => (Name: Path.GetRelativePath(folder, file).Replace('\\', '/'), Path: file))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .ToList();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var text = new MemoryStream();
        Span<byte> length = stackalloc byte[8];
        foreach (var (name, path) in files)
        {
            var bytes = File.ReadAllBytes(path);
            BinaryPrimitives.WriteInt64LittleEndian(length, bytes.LongLength);
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(length);
            hash.AppendData(bytes);
            text.Write(bytes);
        }
        return Create(text.ToArray(), context, validationFraction, $"channel 'train' ({files.Count} *.md and *.txt files)", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <exception cref="TrainingFailureException">Either part holds no whole example.</exception>
    public static Corpus Create(byte[] text, int context, double validationFraction, string source, string sha256)
    {
        var validationLength = Math.Max(context + 1, (int)(text.Length * validationFraction));
        var trainingLength = text.Length - validationLength;
        if (trainingLength < context + 1)
        {
            throw new TrainingFailureException(
                $"There is too little text to train on: {source} hold {text.Length} bytes, and a context of {context} needs at least {2 * (context + 1)}.");
        }
        var vocabulary = text.Distinct().Order().ToArray();
        var index = new byte[256];
        for (var i = 0; i < vocabulary.Length; i++)
        {
            index[vocabulary[i]] = (byte)i;
        }
        return new Corpus(Array.ConvertAll(text, b => index[b]), vocabulary, trainingLength, sha256);
    }
}
