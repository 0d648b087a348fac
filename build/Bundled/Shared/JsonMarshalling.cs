#nullable enable
using System.Net;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;
using Amazon.Util;

namespace Amazon.Bundled;

internal sealed class JsonMarshaller(JsonService service, string operation) : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var request = new DefaultRequest(input, service.Id)
        {
            HttpMethod = "POST",
            ResourcePath = "/",
            Content = JsonSerializer.SerializeToUtf8Bytes(input, input.GetType(), service.Json),
        };
        request.Headers["X-Amz-Target"] = $"{service.TargetPrefix}.{operation}";
        request.Headers[HeaderKeys.ContentTypeHeader] = service.ContentType;
        request.Headers[HeaderKeys.XAmzApiVersion] = service.ApiVersion;
        return request;
    }
}

internal sealed class JsonUnmarshaller<TResponse>(JsonService service) : JsonResponseUnmarshaller
    where TResponse : AmazonWebServiceResponse, new()
{
    public override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext input)
    {
        using var body = new MemoryStream();
        input.Stream.CopyTo(body);
        // An operation without output answers with nothing at all.
        return body.Length == 0
            ? new TResponse()
            : JsonSerializer.Deserialize<TResponse>(body.GetBuffer().AsSpan(0, (int)body.Length), service.Json) ?? new TResponse();
    }

    public override AmazonServiceException UnmarshallException(
        JsonUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
    {
        var reader = new StreamingUtf8JsonReader(input.Stream);
        var error = JsonErrorResponseUnmarshaller.GetInstance().Unmarshall(input, ref reader);
        var code = QueryCode(input.ResponseData) ?? error.Code ?? "";
        var create = service.Errors.GetValueOrDefault(code, service.OtherError);
        return create(new ServiceError(error.Message, innerException, error.Type, code, error.RequestId, statusCode));
    }

    /// <summary>A service that once spoke AWS Query still sends that protocol's code, as "Code;Sender"; callers know that one.</summary>
    private static string? QueryCode(IWebResponseData response) =>
        response.GetHeaderValue("x-amzn-query-error") is { Length: > 0 } header ? header.Split(';')[0] : null;
}
