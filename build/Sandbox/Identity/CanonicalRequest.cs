using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;

namespace BuildPipeline.Sandbox.Identity;

/// <summary>The form of a request that signatures of version 4 are of.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.</remarks>
internal static partial class CanonicalRequest
{
    /// <summary>What the signature of a request has to be the HMAC of.</summary>
    /// <param name="payloadHash">SHA-256 of the body in hexadecimal digits, or S3's word in its place.</param>
    public static string StringToSign(HttpRequest request, SignatureClaim claim, string payloadHash) => string.Join(
        '\n', SignatureClaim.Algorithm, claim.Time, claim.Credential.Scope,
        Convert.ToHexStringLower(SHA256.HashData(Encoding.Latin1.GetBytes(Of(request, claim, payloadHash)))));

    private static string Of(HttpRequest request, SignatureClaim claim, string payloadHash)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var (path, query) = target.Split('?', 2) is [var left, var right] ? (left, right) : (target, "");
        if (!path.StartsWith('/'))
        {
            path = new Uri(path).GetComponents(UriComponents.Path | UriComponents.KeepDelimiter, UriFormat.UriEscaped);
        }

        var text = new StringBuilder(request.Method).Append('\n');
        text.Append(claim.Service == "s3" ? Encode(Decode(path), isPath: true) : Encode(Normalize(path), isPath: true)).Append('\n');
        text.AppendJoin('&', Parameters(query, claim.IsPresigned)).Append('\n');
        foreach (var name in claim.SignedHeaders)
        {
            text.Append(name).Append(':').AppendJoin(',', request.Headers[name].Select(Trim)).Append('\n');
        }

        return text.Append('\n').AppendJoin(';', claim.SignedHeaders).Append('\n').Append(payloadHash).ToString();
    }

    private static IEnumerable<string> Parameters(string query, bool isPresigned) => query.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(parameter => parameter.Split('=', 2))
        .Select(parameter => (Name: Encode(Decode(parameter[0])), Value: parameter.Length > 1 ? Encode(Decode(parameter[1].Replace('+', ' '))) : ""))
        .Where(parameter => !isPresigned || parameter.Name != SignatureClaim.SignatureParameter)
        .OrderBy(parameter => parameter.Name, StringComparer.Ordinal).ThenBy(parameter => parameter.Value, StringComparer.Ordinal)
        .Select(parameter => $"{parameter.Name}={parameter.Value}");

    /// <summary>Percent-encodes all but the unreserved characters. A character is a byte.</summary>
    private static string Encode(string text, bool isPath = false)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var next in text)
        {
            if (char.IsAsciiLetterOrDigit(next) || next is '-' or '_' or '.' or '~' || (isPath && next == '/'))
            {
                encoded.Append(next);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{(int)next:X2}");
            }
        }

        return encoded.ToString();
    }

    private static string Decode(string text) => text.Contains('%', StringComparison.Ordinal)
        ? Escape().Replace(text, match => ((char)Convert.FromHexString(match.ValueSpan[1..])[0]).ToString())
        : text;

    /// <summary>All services but S3 take the path without its dots and doubled slashes.</summary>
    private static string Normalize(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != "."))
        {
            if (part != "..")
            {
                parts.Add(part);
            }
            else if (parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
        }

        return parts.Count == 0 ? "/" : $"/{string.Join('/', parts)}{(path.EndsWith('/') ? "/" : "")}";
    }

    private static string Trim(string? value) => string.Join(' ', (value ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex("%[0-9A-Fa-f]{2}")]
    private static partial Regex Escape();
}
