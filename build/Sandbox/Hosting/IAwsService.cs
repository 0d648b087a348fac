namespace BuildPipeline.Sandbox.Hosting;

/// <summary>One AWS service of the sandbox, found by the service name in the request's SigV4 credential scope.</summary>
internal interface IAwsService
{
    /// <summary>SigV4 signing name, for example <c>sagemaker</c>, <c>s3</c>, <c>logs</c>, <c>monitoring</c>, <c>sts</c>.</summary>
    string SigningName { get; }

    /// <summary>Answers one request in the service's own wire protocol, errors included.</summary>
    Task HandleAsync(HttpContext context);
}
