using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using BuildPipeline.Sandbox.S3.Storage;
using Microsoft.Net.Http.Headers;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>POST Object: an upload by a form, which its signer limits by a policy. It is PutObject with fields for headers.</summary>
internal sealed class PostOperation(AccessGate gate, NewObject newObject, PostSignature signature, TimeProvider time)
{
    public const string Name = "PostObject";

    private const string FileNameVariable = "${filename}";

    /// <summary>The fields that are headers of PutObject, besides Amazon's own.</summary>
    private static readonly string[] Headers = ["Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Type", "Expires"];

    /// <summary>The fields of the signature, and those that name the key and the answer.</summary>
    private static readonly string[] OfSignature = ["x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature", "x-amz-security-token"];

    /// <summary>True where a request is a form for a bucket, whatever its query.</summary>
    public static bool Is(S3Call call) => HttpMethods.IsPost(call.Request.Method) && call is { Bucket.Length: > 0, Key: "" }
        && MediaTypeHeaderValue.TryParse(call.Request.ContentType, out var type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase);

    public async Task HandleAsync(S3Call call)
    {
        var form = await PostForm.ReadAsync(call.Request);
        var key = form.Fields.GetValueOrDefault("key") is { Length: > 0 } given
            ? given.Replace(FileNameVariable, form.FileName, StringComparison.Ordinal)
            : throw S3Errors.InvalidArgument("Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.");
        var fields = new Dictionary<string, string>(form.Fields, StringComparer.OrdinalIgnoreCase) { ["key"] = key };
        var caller = signature.Verify(fields);
        var policy = caller is null ? null : PostPolicy.Parse(fields["policy"]);
        policy?.Check(fields, call.Bucket, time.GetUtcNow());

        TurnIntoHeaders(call.Request, fields);
        call.Request.Body = form.File;
        var put = call.As("PutObject", key, new Requester(caller));
        gate.Check(put);
        RequestNames.Check(put, put.Operation);
        var version = await newObject.WriteAsync(put, bytes => policy?.CheckSize(bytes));
        await AnswerAsync(put, version, fields);
    }

    /// <summary>From here on the request is one of PutObject. Headers that came with the form are not the object's.</summary>
    private static void TurnIntoHeaders(HttpRequest request, Dictionary<string, string> fields)
    {
        foreach (var name in request.Headers.Keys.Where(IsOfObject).ToList())
        {
            request.Headers.Remove(name);
        }

        foreach (var (name, value) in fields.Where(field => IsOfObject(field.Key) && !OfSignature.Contains(field.Key, StringComparer.OrdinalIgnoreCase)))
        {
            request.Headers[name] = value;
        }

        request.Headers["x-amz-acl"] = fields.GetValueOrDefault("acl");
        request.Headers["x-amz-tagging"] = fields.TryGetValue("tagging", out var tagging) ? TagsOf(tagging) : null;
    }

    private static bool IsOfObject(string name) =>
        name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) || Headers.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static string? TagsOf(string document)
    {
        try
        {
            return TagSet.Query(TagSet.Parse(XElement.Parse(document).Child("TagSet")));
        }
        catch (XmlException)
        {
            throw S3Errors.MalformedXml();
        }
    }

    private static async Task AnswerAsync(S3Call call, VersionRecord version, Dictionary<string, string> fields)
    {
        var etag = S3Call.Quoted(version.ETag);
        var location = $"http://{call.Request.Host}/{call.Bucket}/{Uri.EscapeDataString(call.Key)}";
        call.Response.Headers.ETag = etag;
        call.Response.Headers.Location = location;
        ObjectHeaderMapping.WriteResult(call.Response, version, withChecksums: true);
        if (Uri.TryCreate(fields.GetValueOrDefault("success_action_redirect") ?? fields.GetValueOrDefault("redirect"), UriKind.Absolute, out var page)
            && page.Scheme.StartsWith("http", StringComparison.Ordinal))
        {
            var query = $"bucket={call.Bucket}&key={Uri.EscapeDataString(call.Key)}&etag={Uri.EscapeDataString(etag)}";
            call.Response.StatusCode = StatusCodes.Status303SeeOther;
            call.Response.Headers.Location = page.OriginalString + (page.Query.Length > 0 ? "&" : "?") + query;
            return;
        }

        // S3 takes these three and answers 204 to all else.
        var asked = fields.GetValueOrDefault("success_action_status");
        call.Response.StatusCode = asked is "200" or "201" ? int.Parse(asked, CultureInfo.InvariantCulture) : StatusCodes.Status204NoContent;
        if (call.Response.StatusCode == StatusCodes.Status201Created)
        {
            await call.WriteXmlAsync(new XElement(
                "PostResponse",
                new XElement("Location", location), new XElement("Bucket", call.Bucket), new XElement("Key", call.Key), new XElement("ETag", etag)));
        }
    }
}
