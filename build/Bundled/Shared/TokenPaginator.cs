#nullable enable
using System.Runtime.CompilerServices;
using Amazon.Runtime;

namespace Amazon.Bundled;

/// <summary>Follows a continuation token from page to page. It can be enumerated once, as the published paginators.</summary>
internal sealed class TokenPaginator<TRequest, TResponse>(
    TRequest request,
    Func<TRequest, CancellationToken, Task<TResponse>> call,
    Func<TResponse, string?> nextToken,
    Action<TRequest, string> continueFrom) : IPaginator<TResponse>
{
    private int _started;

    public async IAsyncEnumerable<TResponse> PaginateAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _started, 1) == 1)
        {
            throw new InvalidOperationException("This paginator was enumerated before; ask the client for a new one.");
        }

        string? token;
        do
        {
            var page = await call(request, cancellationToken).ConfigureAwait(false);
            yield return page;
            token = nextToken(page);
            if (!string.IsNullOrEmpty(token))
            {
                continueFrom(request, token);
            }
        }
        while (!string.IsNullOrEmpty(token));
    }
}
