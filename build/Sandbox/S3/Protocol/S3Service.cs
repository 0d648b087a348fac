using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>A group of S3's operations.</summary>
internal interface IS3Operations
{
    /// <summary>Handlers by AWS's operation names.</summary>
    IEnumerable<(string Operation, Func<S3Call, Task> Handle)> Handlers { get; }
}

/// <summary>S3's REST protocol, path style.</summary>
internal sealed class S3Service(IEnumerable<IS3Operations> groups, PolicyGate gate, SandboxSettings settings, TimeProvider time) : IAwsService
{
    private static readonly string[] OwnerHeaders = ["x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"];

    private readonly Dictionary<string, Func<S3Call, Task>> _handlers =
        groups.SelectMany(group => group.Handlers).ToDictionary(handler => handler.Operation, handler => handler.Handle);

    public string SigningName => "s3";

    /// <summary>Operations that are answered here: those of support.json.</summary>
    public IEnumerable<string> Operations => _handlers.Keys;

    public ValueTask<string?> OperationAsync(HttpRequest request) => new(S3Route.OperationOf(S3Call.Parse(request)));

    public Task HandleAsync(HttpContext context)
    {
        var call = S3Call.Parse(context.Request);
        PresignedUrl.Check(call, time.GetUtcNow());
        call.Operation = S3Route.OperationOf(call) ?? throw Unknown(call);
        if (!_handlers.TryGetValue(call.Operation, out var handle))
        {
            throw S3Errors.NotImplemented(call.Operation);
        }

        gate.Check(call);
        RequestNames.Check(call, call.Operation);
        if (Array.Exists(OwnerHeaders, name => call.Header(name) is { } owner && owner != settings.AccountId))
        {
            throw S3Errors.AccessDenied();
        }

        return handle(call);
    }

    private static AwsError Unknown(S3Call call) => call.Request.Method switch
    {
        "POST" => S3Errors.NotImplemented("the upload form of a browser (POST Object)"),
        "OPTIONS" => S3Errors.NotImplemented("CORS preflight requests"),
        _ => new AwsError(405, "MethodNotAllowed", "The specified method is not allowed against this resource."),
    };
}
