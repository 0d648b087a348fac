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
internal sealed class S3Service(IEnumerable<IS3Operations> groups, AccessGate gate, PostOperation post, Accounts accounts, ObjectStore store) : IAwsService
{
    private readonly Dictionary<string, Func<S3Call, Task>> _handlers =
        groups.SelectMany(group => group.Handlers).ToDictionary(handler => handler.Operation, handler => handler.Handle);

    public string SigningName => "s3";

    public bool HasOtherAccounts => true;

    /// <summary>Operations that are answered here: those of support.json.</summary>
    public IEnumerable<string> Operations => _handlers.Keys;

    public string? KeyOf(HttpRequest request) => S3Call.Parse(request).Key is { Length: > 0 } key ? key : null;

    public ValueTask<string?> OperationAsync(HttpRequest request) => new(OperationOf(S3Call.Parse(request)));

    public Task HandleAsync(HttpContext context)
    {
        var call = S3Call.Parse(context.Request);
        BucketName.CheckPossible(call.Bucket);
        call.Requester = new Requester(AwsScope.Current(context).Caller);
        if (PostOperation.Is(call))
        {
            return post.HandleAsync(call);
        }

        call.Operation = S3Route.OperationOf(call) ?? throw Unknown(call);
        if (!_handlers.TryGetValue(call.Operation, out var handle))
        {
            throw S3Errors.NotImplemented(call.Operation);
        }

        gate.Check(call);
        RequestNames.Check(call, call.Operation);
        CheckOwner(call.Bucket, call.Header("x-amz-expected-bucket-owner"));
        if (call.Header("x-amz-source-expected-bucket-owner") is { } ofSource)
        {
            CheckOwner(CopySource.Parse(call).Bucket, ofSource);
        }

        return handle(call);
    }

    private void CheckOwner(string bucket, string? expected)
    {
        if (expected is not null && store.BucketExists(bucket) && accounts.AccountOf(store.Describe(bucket)) != expected)
        {
            throw S3Errors.AccessDenied();
        }
    }

    private static string? OperationOf(S3Call call) => PostOperation.Is(call) ? PostOperation.Name : S3Route.OperationOf(call);

    private static AwsError Unknown(S3Call call) => call.Request.Method switch
    {
        "POST" when call.Key.Length == 0 => new AwsError(
            412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold: Bucket POST must be of the enclosure-type multipart/form-data"),

        // Requests of web pages, which have an origin, do not get here.
        "OPTIONS" => new AwsError(400, "BadRequest", "Insufficient information. Origin request header needed."),
        _ => new AwsError(405, "MethodNotAllowed", "The specified method is not allowed against this resource."),
    };
}
