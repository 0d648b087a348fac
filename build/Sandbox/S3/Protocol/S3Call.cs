using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;
using Microsoft.AspNetCore.Http.Features;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>One S3 request, path style: what it names and what it answers with.</summary>
internal sealed class S3Call
{
    public static readonly XNamespace Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    private S3Call(HttpContext context, string bucket, string key)
    {
        Context = context;
        Bucket = bucket;
        Key = key;
    }

    public HttpContext Context { get; }

    public HttpRequest Request => Context.Request;

    public HttpResponse Response => Context.Response;

    public CancellationToken Aborted => Context.RequestAborted;

    /// <summary>Empty if the request is to the service.</summary>
    public string Bucket { get; }

    /// <summary>Empty if the request is to a bucket.</summary>
    public string Key { get; }

    /// <summary>AWS's name of what is asked; empty until it is known.</summary>
    public string Operation { get; set; } = "";

    /// <summary>Who sends the request.</summary>
    public Requester Requester { get; set; } = new(null as Caller);

    /// <summary>True where the query has the signature.</summary>
    public bool IsPresigned => Has("X-Amz-Signature");

    /// <summary>Reads the target as it was sent: a server's normal form would lose keys with dots, slashes and percent signs.</summary>
    public static S3Call Parse(HttpRequest request)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.Split('?')[0];
        if (!path.StartsWith('/'))
        {
            path = new Uri(path).GetComponents(UriComponents.Path | UriComponents.KeepDelimiter, UriFormat.UriEscaped);
        }

        var parts = path[1..].Split('/', 2);
        return new S3Call(request.HttpContext, Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
    }

    /// <summary>The same request as one for an object, by somebody else.</summary>
    public S3Call As(string operation, string key, Requester requester) =>
        new(Context, Bucket, key) { Operation = operation, Requester = requester };

    public bool Has(string query) => Request.Query.ContainsKey(query);

    /// <summary>Null if absent or empty.</summary>
    public string? Query(string name) => Request.Query[name].ToString() is { Length: > 0 } value ? value : null;

    /// <summary>Null if absent or empty. A presigned URL has Amazon's own headers in the query.</summary>
    public string? Header(string name) => Request.Headers[name].ToString() is { Length: > 0 } value
        ? value
        : IsPresigned && name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) ? Query(name) : null;

    /// <summary>Null if absent; empty where a client sent the header without a value, which is not the same for one that protects the content.</summary>
    public string? Sent(string name) => Request.Headers.TryGetValue(name, out var value) ? value.ToString() : Header(name);

    /// <summary>True where a header says so; S3 reads it without regard to case.</summary>
    public bool IsTrue(string header) => "true".Equals(Header(header), StringComparison.OrdinalIgnoreCase);

    /// <summary>A whole number out of the query.</summary>
    public int Number(string name, int otherwise, int least, int most) => Query(name) switch
    {
        null => otherwise,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least => Math.Min(value, most),
        var text => throw S3Errors.InvalidArgument($"{name} must be a whole number from {least}, but is '{text}'."),
    };

    public Task WriteXmlAsync(string root, params object?[] content) => WriteXmlAsync(new XElement(Namespace + root, content));

    public async Task WriteXmlAsync(XElement root)
    {
        Response.ContentType = "application/xml";
        using var buffer = new MemoryStream();
        var form = new XmlWriterSettings { Async = true, CheckCharacters = false, Encoding = new UTF8Encoding(false) };
        await using (var writer = XmlWriter.Create(buffer, form))
        {
            await Qualified(root).WriteToAsync(writer, Aborted);
        }

        Response.ContentLength = buffer.Length;
        await Response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), Aborted);
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>A header's text where the client sent UTF-8: headers are read one character a byte.</summary>
    public static string Utf8(string header) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(header));

    public static string Quoted(string etag) => $"\"{etag}\"";

    /// <summary>Operations name elements plainly; all are in the namespace of their root.</summary>
    public static XElement Qualified(XElement root)
    {
        foreach (var element in root.Descendants().Where(element => element.Name.Namespace == XNamespace.None))
        {
            element.Name = root.Name.Namespace + element.Name.LocalName;
        }

        return root;
    }
}
