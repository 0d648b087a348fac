using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.ServiceQuotas;

/// <summary>Service Quotas for service code <c>sagemaker</c>, AWS JSON 1.1.</summary>
internal sealed class ServiceQuotasService : IAwsService
{
    private const string ServiceCode = "sagemaker";
    private const int PageSize = 100;

    private readonly SandboxSettings _settings;
    private readonly AwsOperations _operations;

    public ServiceQuotasService(SandboxSettings settings)
    {
        _settings = settings;
        _operations = new(new RequestGuard("service-quotas", "ValidationException"), new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
        {
            ["ListServiceQuotas"] = call => Task.FromResult<JsonObject?>(List(call, quota => quota.Applied)),
            ["ListAWSDefaultServiceQuotas"] = call => Task.FromResult<JsonObject?>(List(call, quota => quota.Default)),
            ["GetServiceQuota"] = call => Task.FromResult<JsonObject?>(Get(call, quota => quota.Applied)),
            ["GetAWSDefaultServiceQuota"] = call => Task.FromResult<JsonObject?>(Get(call, quota => quota.Default)),
        });
    }

    public string SigningName => "servicequotas";

    public Task HandleAsync(HttpContext context) => AwsJsonProtocol.AnswerAsync(context, "1.1", _operations);

    private JsonObject List(AwsCall call, Func<Quota, double> value)
    {
        RequireService(call.Input);
        var code = call.Input.Text("QuotaCode");
        var all = QuotaTable.All.Where(quota => code is null || quota.Code == code).ToArray();
        var (page, next) = Paging.Page(all, call.Input.Text("NextToken"), call.Input.Integer("MaxResults") ?? PageSize, InvalidToken);
        var answer = new JsonObject { ["Quotas"] = new JsonArray([.. page.Select(quota => Describe(quota, value(quota), call.Region))]) };
        if (next is not null)
        {
            answer["NextToken"] = next;
        }

        return answer;
    }

    private static AwsError InvalidToken() => new(400, "InvalidPaginationTokenException", "The NextToken is invalid: it comes from another request.");

    private JsonObject Get(AwsCall call, Func<Quota, double> value)
    {
        RequireService(call.Input);
        var code = call.Input.RequiredText("QuotaCode");
        var quota = QuotaTable.All.FirstOrDefault(quota => quota.Code == code)
            ?? throw new AwsError(400, "NoSuchResourceException", $"The quota {code} does not exist for service {ServiceCode}.");
        return new JsonObject { ["Quota"] = Describe(quota, value(quota), call.Region) };
    }

    private JsonObject Describe(Quota quota, double value, string region) => new()
    {
        ["ServiceCode"] = ServiceCode,
        ["ServiceName"] = "Amazon SageMaker",
        ["QuotaArn"] = $"arn:aws:servicequotas:{region}:{_settings.AccountId}:{ServiceCode}/{quota.Code}",
        ["QuotaCode"] = quota.Code,
        ["QuotaName"] = quota.Name,
        ["Value"] = value,
        ["Unit"] = quota.Unit == "Instances" ? "None" : quota.Unit,
        ["Adjustable"] = quota.Adjustable,
        ["GlobalQuota"] = false,
    };

    private static void RequireService(JsonObject input)
    {
        if (input.RequiredText("ServiceCode") is not ServiceCode and var other)
        {
            throw new AwsError(400, "NoSuchResourceException", $"The sandbox knows the quotas of service {ServiceCode}, not of '{other}'.");
        }
    }
}
