using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BuildPipeline.Sandbox.Tests.Support;

/// <summary>Signs requests that no published client sends, by version 4.</summary>
/// <param name="Service">Signing name.</param>
/// <param name="Key">Key id; the secret of all is <c>sandbox</c>.</param>
public sealed record RequestSignature(string Service, string Key = "sandbox", string Region = "us-east-1", string Secret = "sandbox")
{
    /// <summary>By default now.</summary>
    public DateTimeOffset Time { get; init; } = TimeProvider.System.GetUtcNow();

    private string Moment => Time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private string Scope => $"{Moment[..8]}/{Region}/{Service}/aws4_request";

    /// <summary>Signs a request with its body, its host and all of Amazon's headers.</summary>
    /// <param name="address">Where it goes, if it does not say so itself.</param>
    public async Task<HttpRequestMessage> SignAsync(HttpRequestMessage request, Uri address)
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync();
        var own = request.Headers.NonValidated.Concat(request.Content?.Headers.NonValidated.AsEnumerable() ?? [])
            .Where(header => header.Key.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase))
            .Select(header => (header.Key, string.Join(',', header.Value)));
        foreach (var (name, value) in Headers(request.Method.Method, new Uri(address, request.RequestUri!), [.. own], body))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    /// <summary>The headers that a request lacks, with the signature.</summary>
    /// <param name="own">Amazon's headers that it has.</param>
    public IReadOnlyList<(string Name, string Value)> Headers(string method, Uri uri, (string Name, string Value)[] own, byte[] body)
    {
        var hash = Array.Find(own, header => header.Name.Equals("x-amz-content-sha256", StringComparison.OrdinalIgnoreCase)).Value;
        (string Name, string Value)[] added = [("x-amz-date", Moment), .. hash is null && Service == "s3" ? [("x-amz-content-sha256", "UNSIGNED-PAYLOAD")] : Array.Empty<(string, string)>()];
        var payload = hash ?? (Service == "s3" ? "UNSIGNED-PAYLOAD" : Convert.ToHexStringLower(SHA256.HashData(body)));
        var signed = own.Concat(added).Append(("host", uri.Authority)).Select(header => (Name: header.Item1.ToLowerInvariant(), Value: header.Item2.Trim()))
            .OrderBy(header => header.Name, StringComparer.Ordinal).ToList();
        var names = string.Join(';', signed.Select(header => header.Name));
        var signature = Sign($"{method}\n{PathOf(uri)}\n{QueryOf(uri.Query)}\n{string.Concat(signed.Select(header => $"{header.Name}:{header.Value}\n"))}\n{names}\n{payload}");
        return [.. added, ("Authorization", $"AWS4-HMAC-SHA256 Credential={Key}/{Scope}, SignedHeaders={names}, Signature={signature}")];
    }

    /// <summary>The address of a presigned GET.</summary>
    /// <param name="seconds">How long it is to be good.</param>
    public Uri Presign(Uri uri, int seconds)
    {
        var query = $"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={Uri.EscapeDataString($"{Key}/{Scope}")}&X-Amz-Date={Moment}&X-Amz-Expires={seconds}&X-Amz-SignedHeaders=host";
        return new Uri($"{uri}?{query}&X-Amz-Signature={Sign($"GET\n{PathOf(uri)}\n{QueryOf(query)}\nhost:{uri.Authority}\n\nhost\nUNSIGNED-PAYLOAD")}");
    }

    private string Sign(string canonical)
    {
        var text = $"AWS4-HMAC-SHA256\n{Moment}\n{Scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        return Convert.ToHexStringLower(Hmac(Scope.Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4" + Secret), Hmac), text));
    }

    private static string PathOf(Uri uri) =>
        string.Join('/', uri.AbsolutePath.Split('/').Select(part => Uri.EscapeDataString(Uri.UnescapeDataString(part))));

    private static string QueryOf(string query) => string.Join('&', query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(parameter => parameter.Split('=', 2)).Select(parameter => (Name: Escaped(parameter[0]), Value: Escaped(parameter.ElementAtOrDefault(1) ?? "")))
        .OrderBy(parameter => parameter.Name, StringComparer.Ordinal).ThenBy(parameter => parameter.Value, StringComparer.Ordinal)
        .Select(parameter => $"{parameter.Name}={parameter.Value}"));

    private static string Escaped(string text) => Uri.EscapeDataString(Uri.UnescapeDataString(text));

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
