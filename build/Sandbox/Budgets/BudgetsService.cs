using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Budgets;

/// <summary>AWS Budgets, AWS JSON 1.1.</summary>
internal sealed class BudgetsService(BudgetOperations budgets, NotificationOperations notifications) : IAwsApi
{
    private readonly AwsOperations _operations = AwsOperations.Join(new RequestGuard("budgets", "InvalidParameterException"), budgets, notifications);

    public string SigningName => "budgets";

    public Task HandleAsync(HttpContext context) => AwsJsonProtocol.AnswerAsync(context, "1.1", _operations);

    public Task<JsonObject?> CallAsync(string operation, AwsCall call) => _operations.CallAsync(operation, call);
}
