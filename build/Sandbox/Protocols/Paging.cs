using System.Globalization;

namespace BuildPipeline.Sandbox.Protocols;

/// <summary>Pages of lists that do not change between the calls of a client; a token is the number of items before the page.</summary>
internal static class Paging
{
    /// <summary>One page, and the token of the next one; null after the last.</summary>
    /// <param name="invalidToken">The service's error for a token that it did not give.</param>
    public static (IReadOnlyList<T> Items, string? Next) Page<T>(IReadOnlyCollection<T> all, string? token, int size, Func<AwsError> invalidToken)
    {
        var start = string.IsNullOrEmpty(token) ? 0
            : int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var given) && given < all.Count ? given
            : throw invalidToken();
        var page = all.Skip(start).Take(size).ToArray();
        return (page, start + size < all.Count ? (start + size).ToString(CultureInfo.InvariantCulture) : null);
    }
}
