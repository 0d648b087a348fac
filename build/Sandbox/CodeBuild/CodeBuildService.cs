using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CodeBuild;

/// <summary>AWS CodeBuild, AWS JSON 1.1.</summary>
internal sealed class CodeBuildService(ProjectOperations projects, BuildOperations builds) : IAwsApi
{
    private readonly AwsOperations _operations = AwsOperations.Join(new RequestGuard("codebuild", CodeBuildErrors.InvalidInput), projects, builds);

    public string SigningName => "codebuild";

    public Task HandleAsync(HttpContext context) => AwsJsonProtocol.AnswerAsync(context, "1.1", _operations);

    public Task<JsonObject?> CallAsync(string operation, AwsCall call) => _operations.CallAsync(operation, call);
}
