using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Mlflow;

/// <summary>SageMaker managed MLflow: the same API, signed for <c>sagemaker-mlflow</c>, with the tracking server's ARN in a header (as AWS's plugin sagemaker-mlflow sends it).</summary>
/// <remarks>There is one tracking server, named <c>sandbox</c>, in every region; unsigned requests reach it too.</remarks>
internal sealed class ManagedMlflowService(MlflowApi api, SandboxSettings settings) : IAwsService
{
    private const string ArnHeader = "x-mlflow-sm-tracking-server-arn";
    private const string ServerName = "sandbox";

    public string SigningName => "sagemaker-mlflow";

    public ValueTask<string?> OperationAsync(HttpRequest request) => ValueTask.FromResult<string?>(MlflowApi.OperationOf(request));

    public Task HandleAsync(HttpContext context)
    {
        var expected = $"arn:aws:sagemaker:{AwsScope.Current(context).Region}:{settings.AccountId}:mlflow-tracking-server/{ServerName}";
        var arn = context.Request.Headers[ArnHeader].ToString();
        return arn == expected
            ? api.HandleAsync(context)
            : throw new AwsError(403, "AccessDeniedException", arn.Length == 0
                ? $"The header {ArnHeader} is missing."
                : $"There is no tracking server {arn}: the sandbox has {expected}.");
    }
}
