using System.Net;
using System.Text;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.S3;

/// <summary>Requests as no published client sends them.</summary>
/// <param name="key">Key id; null for a request without credentials.</param>
internal sealed class RawS3(SandboxFixture sandbox, string? key = "sandbox")
{
    public const string Account = "000000000000";

    /// <param name="headers">Names and values by turns.</param>
    public async Task<RawAnswer> SendAsync(string method, string pathAndQuery, string? body = null, params string[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), sandbox.Url + pathAndQuery.TrimStart('/'));
        request.Content = body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        foreach (var pair in headers.Chunk(2))
        {
            if (!request.Headers.TryAddWithoutValidation(pair[0], pair[1]))
            {
                request.Content!.Headers.TryAddWithoutValidation(pair[0], pair[1]);
            }
        }

        if (key is not null)
        {
            await new RequestSignature("s3", key).SignAsync(request, sandbox.Url);
        }

        using var response = await sandbox.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new RawAnswer(
            response.StatusCode, text,
            response.Headers.Concat(response.Content.Headers).ToDictionary(
                header => header.Key, header => string.Join(",", header.Value), StringComparer.OrdinalIgnoreCase));
    }
}

internal sealed record RawAnswer(HttpStatusCode Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>AWS's error code; empty where the answer is no error.</summary>
    public string Code => (int)Status >= 400 && Text.Length > 0 ? XElement.Parse(Text).Element("Code")?.Value ?? "" : "";

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public RawAnswer ShouldBe(int status, string code = "")
    {
        Assert.Equal((status, code), ((int)Status, Code));
        return this;
    }
}
