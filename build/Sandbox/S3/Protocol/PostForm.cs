using System.Text;
using BuildPipeline.Sandbox.Protocols;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>A form as it comes in: the fields before the file, and the file. What follows the file is not read, as on S3.</summary>
/// <param name="Fields">Values by names without case.</param>
/// <param name="FileName">Without a path; empty if the sender gives none.</param>
internal sealed record PostForm(IReadOnlyDictionary<string, string> Fields, string FileName, Stream File)
{
    private const int MostBytes = 20_000;
    private const string FileField = "file";

    /// <exception cref="AwsError">The body is no form, its fields are too long, or it has no file.</exception>
    public static async Task<PostForm> ReadAsync(HttpRequest request)
    {
        var boundary = MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? HeaderUtilities.RemoveQuotes(type.Boundary).Value : null;
        var reader = new MultipartReader(string.IsNullOrEmpty(boundary) ? throw Malformed() : boundary, request.Body);
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var left = MostBytes;
        try
        {
            while (await reader.ReadNextSectionAsync(request.HttpContext.RequestAborted) is { } section)
            {
                if (section.GetContentDispositionHeader() is not { } header || HeaderUtilities.RemoveQuotes(header.Name).Value is not { Length: > 0 } name)
                {
                    throw Malformed();
                }

                if (name.Equals(FileField, StringComparison.OrdinalIgnoreCase))
                {
                    var fileName = HeaderUtilities.RemoveQuotes(header.FileNameStar.HasValue ? header.FileNameStar : header.FileName).Value ?? "";
                    return new PostForm(fields, fileName[(fileName.LastIndexOfAny(['/', '\\']) + 1)..], section.Body);
                }

                fields[name] = await ReadFieldAsync(section.Body, left, request.HttpContext.RequestAborted);
                left -= Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(fields[name]);
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            throw Malformed();
        }

        throw new AwsError(400, "InvalidArgument", "POST requires exactly one file upload per request.");
    }

    private static async Task<string> ReadFieldAsync(Stream body, int most, CancellationToken cancellationToken)
    {
        var buffer = new byte[most + 1];
        var count = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return count <= most
            ? Encoding.UTF8.GetString(buffer, 0, count)
            : throw new AwsError(
                400, "MaxPostPreDataLengthExceededError", $"Your POST request fields preceding the upload file were too large: {MostBytes} bytes are the most.");
    }

    private static AwsError Malformed() => new(400, "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.");
}
