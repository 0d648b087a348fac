using System.Text.Json.Nodes;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Sns;

/// <summary>SNS, in AWS's query protocol. The links in its messages are requests without credentials.</summary>
internal sealed class SnsService(TopicOperations topics, SubscriptionOperations subscriptions) : IAwsApi
{
    private static readonly XNamespace Namespace = "http://sns.amazonaws.com/doc/2010-03-31/";
    private static readonly RequestGuard Guard = new("sns", "InvalidParameter", "InvalidParameter");

    private readonly AwsOperations _operations = AwsOperations.Join(Guard, topics, subscriptions);

    public string SigningName => "sns";

    public Task HandleAsync(HttpContext context) => QueryProtocol.AnswerAsync(context, Guard, _operations, Namespace);

    public Task<JsonObject?> CallAsync(string operation, AwsCall call) => _operations.CallAsync(operation, call);
}
