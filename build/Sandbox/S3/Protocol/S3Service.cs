using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>A group of S3's operations.</summary>
internal interface IS3Operations
{
    /// <summary>Handlers by AWS's operation names.</summary>
    IEnumerable<(string Operation, Func<S3Call, Task> Handle)> Handlers { get; }
}

/// <summary>S3's REST protocol, path style.</summary>
internal sealed class S3Service(IEnumerable<IS3Operations> groups) : IAwsService
{
    private readonly Dictionary<string, Func<S3Call, Task>> _handlers =
        groups.SelectMany(group => group.Handlers).ToDictionary(handler => handler.Operation, handler => handler.Handle);

    public string SigningName => "s3";

    public ValueTask<string?> OperationAsync(HttpRequest request) => new(S3Route.OperationOf(S3Call.Parse(request)));

    public Task HandleAsync(HttpContext context)
    {
        var call = S3Call.Parse(context.Request);
        return S3Route.OperationOf(call) is { } operation && _handlers.TryGetValue(operation, out var handle)
            ? handle(call)
            : throw new AwsError(501, "NotImplemented", $"The sandbox's S3 does not know {context.Request.Method} {context.Request.Path}{context.Request.QueryString}.");
    }
}
