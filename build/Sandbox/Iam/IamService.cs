using System.Text.Json.Nodes;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Iam;

/// <summary>IAM, in AWS's query protocol: roles, policies and identity providers. It has no regions.</summary>
internal sealed class IamService(
    RoleOperations roles, RolePolicyOperations rolePolicies, PolicyOperations policies, PolicyVersionOperations versions, IdentityProviderOperations providers)
    : IAwsApi
{
    private static readonly XNamespace Namespace = "https://iam.amazonaws.com/doc/2010-05-08/";
    private static readonly RequestGuard Guard = new("iam", "ValidationError", "MalformedInput");

    private readonly AwsOperations _operations = AwsOperations.Join(Guard, roles, rolePolicies, policies, versions, providers);

    public string SigningName => "iam";

    public Task HandleAsync(HttpContext context) => QueryProtocol.AnswerAsync(context, Guard, _operations, Namespace);

    public Task<JsonObject?> CallAsync(string operation, AwsCall call) => _operations.CallAsync(operation, call);
}
