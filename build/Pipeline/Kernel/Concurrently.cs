namespace BuildPipeline.Kernel;

/// <summary>Work on many objects of a bucket: together they take a fraction of the time, and so few at once that S3 does not slow them down.</summary>
public static class Concurrently
{
    private const int AtOnce = 16;

    /// <summary>Does something with each item; the first that fails cancels the others.</summary>
    public static Task ForEachAsync<T>(IEnumerable<T> items, Func<T, CancellationToken, Task> act, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(items, Options(cancellationToken), async (item, token) => await act(item, token));

    /// <summary>Makes something of each item; the first that fails cancels the others.</summary>
    /// <returns>The results in the order of the items.</returns>
    public static async Task<IReadOnlyList<TResult>> SelectAsync<T, TResult>(IReadOnlyList<T> items, Func<T, CancellationToken, Task<TResult>> make, CancellationToken cancellationToken)
    {
        var results = new TResult[items.Count];
        await Parallel.ForAsync(0, items.Count, Options(cancellationToken), async (index, token) => results[index] = await make(items[index], token));
        return results;
    }

    private static ParallelOptions Options(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
}
