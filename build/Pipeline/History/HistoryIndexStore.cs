using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Aws;
using BuildPipeline.Runs;

namespace BuildPipeline.History;

/// <summary>Keeps the monthly indexes in the state bucket, changed by conditional writes: of two processes that add a run at once, neither loses its entry.</summary>
/// <param name="documents">The documents of the state bucket.</param>
/// <param name="environment">The environment.</param>
public sealed class HistoryIndexStore(S3Documents documents, string environment)
{
    private const string What = "history index";
    private const int Tries = 20;

    private readonly string _prefix = $"{RunArchive.PrefixOf(environment)}history/";

    /// <summary>What the indexes have; nothing of an index that this program cannot use.</summary>
    /// <param name="month">Only the index of that month, for example <c>2026-11</c>; null is all.</param>
    /// <exception cref="PipelineException">The bucket cannot be reached.</exception>
    public async Task<IReadOnlyList<HistoryEntry>> ReadAsync(string? month, CancellationToken cancellationToken)
    {
        string[] months = month is not null ? [month] : [.. (await documents.KeysAsync(_prefix, cancellationToken)).Select(key => Path.GetFileNameWithoutExtension(key))];
        var read = await Concurrently.SelectAsync(months, FindAsync, cancellationToken);
        return [.. read.SelectMany(found => found.Index.Runs)];
    }

    /// <summary>Changes the index of a month.</summary>
    /// <param name="month">The month.</param>
    /// <param name="change">Makes the new index of the current one; it may be called more than once.</param>
    /// <returns>False if it was left as it is: it is of a newer version, or others kept changing it.</returns>
    /// <exception cref="PipelineException">The bucket cannot be reached or written.</exception>
    public async Task<bool> TryChangeAsync(string month, Func<HistoryIndex, HistoryIndex> change, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            var (index, version, isNewer) = await FindAsync(month, cancellationToken);
            if (isNewer)
            {
                return false;
            }

            if (await documents.TryWriteAsync(KeyOf(month), change(index), version, What, cancellationToken) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<(HistoryIndex Index, string? Version, bool IsNewer)> FindAsync(string month, CancellationToken cancellationToken)
    {
        var none = new HistoryIndex { Month = month };
        var read = await documents.ReadContentAsync(KeyOf(month), What, cancellationToken);
        try
        {
            var document = read.Value is null ? null : JsonNode.Parse(read.Value) as JsonObject;
            return (int?)document?["schema_version"] switch
            {
                HistoryIndex.CurrentSchema => (document.Deserialize<HistoryIndex>(RunJson.Compact) ?? none, read.Version, false),
                > HistoryIndex.CurrentSchema => (none, read.Version, true),
                _ => (none, read.Version, false),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            // Damaged: it is made anew.
            return (none, read.Version, false);
        }
    }

    private string KeyOf(string month) => $"{_prefix}{month}.json";
}
