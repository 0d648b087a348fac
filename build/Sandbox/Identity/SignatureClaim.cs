using System.Globalization;

namespace BuildPipeline.Sandbox.Identity;

/// <summary>What a request says of its signature of version 4: in its header Authorization, or in its query.</summary>
/// <param name="SignedHeaders">Names in lower case, in the order of the signature.</param>
/// <param name="Moment">When the request was signed; null where it does not say so in a form that AWS reads.</param>
/// <param name="Seconds">How long a presigned request is good, as it says; null for one that is signed in the header.</param>
/// <param name="Token">Of a session; null for the key of a user.</param>
internal sealed record SignatureClaim(
    Credential Credential, IReadOnlyList<string> SignedHeaders, string Signature, DateTimeOffset? Moment, string? Seconds, string? Token)
{
    public const string Algorithm = "AWS4-HMAC-SHA256";
    public const string SignatureParameter = "X-Amz-Signature";
    public const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>Of the header Date: as HTTP has it, and as mail has it.</summary>
    private static readonly string[] DateFormats = ["R", "ddd, dd MMM yyyy HH:mm:ss '-0000'", "ddd, dd MMM yyyy HH:mm:ss '+0000'"];

    private static readonly string[] OfQuery =
        ["X-Amz-Algorithm", "X-Amz-Credential", SignatureParameter, "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Expires"];

    public string Service => Credential.Service;

    public bool IsPresigned => Seconds is not null;

    /// <summary>When the request was signed, as its signature has it; <see cref="Moment"/> is known.</summary>
    public string Time => Moment!.Value.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>True where the request says that it is signed, however badly.</summary>
    public static bool IsIn(HttpRequest request) => IsInHeader(request) || OfQuery.Take(3).Any(request.Query.ContainsKey);

    /// <returns>Null if the request's signature is malformed.</returns>
    public static SignatureClaim? Parse(HttpRequest request) => IsInHeader(request) ? ParseHeader(request) : ParseQuery(request.Query);

    private static bool IsInHeader(HttpRequest request) => request.Headers.Authorization.ToString().StartsWith(Algorithm, StringComparison.Ordinal);

    private static SignatureClaim? ParseHeader(HttpRequest request)
    {
        var fields = request.Headers.Authorization.ToString()[Algorithm.Length..].Split(',', StringSplitOptions.TrimEntries)
            .Select(field => field.Split('=', 2)).Where(field => field.Length == 2)
            .DistinctBy(field => field[0]).ToDictionary(field => field[0], field => field[1], StringComparer.Ordinal);
        return fields.TryGetValue("Credential", out var text) && fields.TryGetValue("SignedHeaders", out var names)
            && fields.TryGetValue("Signature", out var signature) && Credential.Parse(text) is { } credential
            ? new SignatureClaim(
                credential, names.Split(';'), signature, MomentOf(request.Headers), Seconds: null,
                NullIfEmpty(request.Headers["X-Amz-Security-Token"].ToString()))
            : null;
    }

    private static SignatureClaim? ParseQuery(IQueryCollection query) =>
        OfQuery.All(query.ContainsKey) && query["X-Amz-Algorithm"] == Algorithm && Credential.Parse(query["X-Amz-Credential"].ToString()) is { } credential
            ? new SignatureClaim(
                credential, query["X-Amz-SignedHeaders"].ToString().Split(';'), query[SignatureParameter].ToString(),
                Parse(query["X-Amz-Date"].ToString()), query["X-Amz-Expires"].ToString(), NullIfEmpty(query["X-Amz-Security-Token"].ToString()))
            : null;

    private static DateTimeOffset? MomentOf(IHeaderDictionary headers) => headers.TryGetValue("X-Amz-Date", out var own)
        ? Parse(own.ToString())
        : DateTimeOffset.TryParseExact(
            headers.Date.ToString(), DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces, out var date) ? date : null;

    private static DateTimeOffset? Parse(string text) =>
        DateTimeOffset.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static string? NullIfEmpty(string text) => text.Length > 0 ? text : null;
}
