#nullable enable
using System.Net;
using System.Reflection;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.Util.Internal;

namespace Amazon.Bundled;

/// <summary>What the shared machinery has to know about a service that speaks AWS Query: a form goes, XML comes back.</summary>
internal sealed record QueryService
{
    public required string Id { get; init; }

    public required string ApiVersion { get; init; }

    /// <summary>Typed exceptions by error code.</summary>
    public required IReadOnlyDictionary<string, Func<ServiceError, AmazonServiceException>> Errors { get; init; }

    /// <summary>The service's base exception, for every other code.</summary>
    public required Func<ServiceError, AmazonServiceException> OtherError { get; init; }

    public string UserAgent => InternalSDKUtils.BuildUserAgentString(Id, "4.0.bundled");

    public InvokeOptions Operation<TResponse>(string name)
        where TResponse : AmazonWebServiceResponse, new() =>
        new()
        {
            RequestMarshaller = new QueryMarshaller(this, name),
            ResponseUnmarshaller = new QueryUnmarshaller<TResponse>(this, name),
        };
}

internal sealed class QueryMarshaller(QueryService service, string operation) : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var request = new DefaultRequest(input, service.Id) { HttpMethod = "POST", ResourcePath = "/" };
        request.Parameters["Action"] = operation;
        request.Parameters["Version"] = service.ApiVersion;
        foreach (var property in QueryShapes.Of(input.GetType()))
        {
            if (property.GetValue(input) is string value)
            {
                request.Parameters[property.Name] = value;
            }
        }

        return request;
    }
}

internal sealed class QueryUnmarshaller<TResponse>(QueryService service, string operation) : XmlResponseUnmarshaller
    where TResponse : AmazonWebServiceResponse, new()
{
    public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext context)
    {
        var answer = XDocument.Load(context.Stream).Root!;
        var ns = answer.Name.Namespace;
        var response = (TResponse)QueryShapes.Read(typeof(TResponse), answer.Element(ns + $"{operation}Result"));
        response.ResponseMetadata = new ResponseMetadata { RequestId = (string?)answer.Element(ns + "ResponseMetadata")?.Element(ns + "RequestId") };
        return response;
    }

    public override AmazonServiceException UnmarshallException(XmlUnmarshallerContext context, Exception innerException, HttpStatusCode statusCode)
    {
        var answer = TryLoad(context.Stream);
        string? Text(string name) => answer?.DescendantsAndSelf().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
        var code = Text("Code") ?? "";
        var type = Text("Type") switch { "Sender" => ErrorType.Sender, "Receiver" => ErrorType.Receiver, _ => ErrorType.Unknown };
        var create = service.Errors.GetValueOrDefault(code, service.OtherError);
        return create(new ServiceError(Text("Message") ?? "", innerException, type, code, Text("RequestId") ?? "", statusCode));
    }

    // A proxy's page is no XML; the status is known all the same.
    private static XElement? TryLoad(Stream body)
    {
        try
        {
            return XDocument.Load(body).Root;
        }
        catch (System.Xml.XmlException)
        {
            return null;
        }
    }
}

/// <summary>The members of requests and responses, which have texts and lists of structures of texts only.</summary>
internal static class QueryShapes
{
    public static IEnumerable<PropertyInfo> Of(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly);

    public static object Read(Type type, XElement? element)
    {
        var shape = Activator.CreateInstance(type)!;
        foreach (var property in Of(type))
        {
            if (element?.Element(element.Name.Namespace + property.Name) is { } member)
            {
                property.SetValue(shape, property.PropertyType == typeof(string) ? member.Value : ReadList(property.PropertyType, member));
            }
        }

        return shape;
    }

    private static System.Collections.IList ReadList(Type type, XElement element)
    {
        var list = (System.Collections.IList)Activator.CreateInstance(type)!;
        foreach (var member in element.Elements(element.Name.Namespace + "member"))
        {
            list.Add(Read(type.GetGenericArguments()[0], member));
        }

        return list;
    }
}
