namespace BuildPipeline.Sandbox.Protocols;

/// <summary>One AWS service of the sandbox, found by the service name in the request's SigV4 credential scope.</summary>
internal interface IAwsService
{
    /// <summary>SigV4 signing name, for example <c>sagemaker</c>, <c>s3</c>, <c>logs</c>, <c>monitoring</c>, <c>sts</c>.</summary>
    string SigningName { get; }

    /// <summary>True where the service emulates accounts besides the sandbox's own.</summary>
    bool HasOtherAccounts => false;

    /// <summary>Answers one request in the service's own wire protocol. A thrown <see cref="AwsError"/> is written in that protocol's form.</summary>
    Task HandleAsync(HttpContext context);

    /// <summary>Key of the object that a request is for; null where it is for none.</summary>
    string? KeyOf(HttpRequest request) => null;

    /// <summary>The operation that a request asks for, for example <c>CreateTrainingJob</c>: faults are planned by it. Null if it names none.</summary>
    async ValueTask<string?> OperationAsync(HttpRequest request)
    {
        if (request.Headers["X-Amz-Target"].ToString() is { Length: > 0 } target)
        {
            return target[(target.LastIndexOf('.') + 1)..];
        }

        if (request.HasFormContentType)
        {
            return (await request.ReadFormAsync(request.HttpContext.RequestAborted))["Action"];
        }

        // RPC v2: /service/NAME/operation/OPERATION
        return request.Path.Value?.Split('/') is ["", "service", _, "operation", var operation] ? operation : null;
    }
}
