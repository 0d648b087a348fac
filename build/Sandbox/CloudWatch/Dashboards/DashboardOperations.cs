using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CloudWatch.Dashboards;

/// <summary>A dashboard, as it is stored.</summary>
internal sealed record Dashboard(string Name, string Body, DateTimeOffset LastModified);

/// <summary>The operations on dashboards, which all regions of an account share. Nothing here draws them.</summary>
internal sealed partial class DashboardOperations(SandboxSettings settings, TimeProvider time) : IAwsOperations
{
    private const int PageSize = 1000;

    private readonly RecordStore<Dashboard> _dashboards = new(Path.Combine(settings.FolderOf("cloudwatch"), "dashboards.json"));

    public IReadOnlyDictionary<string, AwsOperation> Operations => new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
    {
        ["PutDashboard"] = AwsOperations.Of(call => Put(call.Input)),
        ["GetDashboard"] = AwsOperations.Of(call => Get(call.Input)),
        ["ListDashboards"] = AwsOperations.Of(call => List(call.Input)),
        ["DeleteDashboards"] = AwsOperations.Of(call => Delete(call.Input)),
    };

    private JsonObject Put(JsonObject input)
    {
        var (name, body) = (input.RequiredText("DashboardName"), input.RequiredText("DashboardBody"));
        if (!NamePattern().IsMatch(name))
        {
            throw Invalid("The field DashboardName must only consist of alphanumerals, dashes and underscores, 255 at most.");
        }

        if (DashboardBody.FaultsOf(body) is { Count: > 0 } faults)
        {
            var listed = string.Join("; ", faults.Select(fault => $"{fault.Path}: {fault.Message}"));
            throw Invalid(string.Create(CultureInfo.InvariantCulture, $"The dashboard body is invalid, there are {faults.Count} validation errors: {listed}"));
        }

        _dashboards.Put(name, new Dashboard(name, body, time.GetUtcNow()));
        return new JsonObject { ["DashboardValidationMessages"] = new JsonArray() };
    }

    private JsonObject Get(JsonObject input)
    {
        var name = input.RequiredText("DashboardName");
        var dashboard = _dashboards.Find(name) ?? throw NotFound(name);
        return new JsonObject { ["DashboardArn"] = ArnOf(name), ["DashboardBody"] = dashboard.Body, ["DashboardName"] = name };
    }

    private JsonObject List(JsonObject input)
    {
        var prefix = input.Text("DashboardNamePrefix") ?? "";
        Dashboard[] found = [.. _dashboards.All.Where(dashboard => dashboard.Name.StartsWith(prefix, StringComparison.Ordinal))];
        var (page, next) = Paging.Page(found, input.Text("NextToken"), PageSize, () => Invalid("The NextToken is invalid: it comes from another request."));
        var answer = new JsonObject
        {
            ["DashboardEntries"] = new JsonArray([.. page.Select(dashboard => new JsonObject
            {
                ["DashboardName"] = dashboard.Name,
                ["DashboardArn"] = ArnOf(dashboard.Name),
                ["LastModified"] = dashboard.LastModified.ToEpochSeconds(),
                ["Size"] = Encoding.UTF8.GetByteCount(dashboard.Body),
            })]),
        };
        if (next is not null)
        {
            answer["NextToken"] = next;
        }

        return answer;
    }

    // All of them, or none.
    private JsonObject Delete(JsonObject input)
    {
        var names = input.Texts("DashboardNames");
        if (names.FirstOrDefault(name => _dashboards.Find(name) is null) is { } absent)
        {
            throw NotFound(absent);
        }

        foreach (var name in names)
        {
            _dashboards.Remove(name);
        }

        return [];
    }

    private string ArnOf(string name) => $"arn:{Partition.From(settings.Region).Name}:cloudwatch::{settings.AccountId}:dashboard/{name}";

    private static AwsError Invalid(string message) => new(400, "InvalidParameterInput", message);

    private static AwsError NotFound(string name) => new(404, "ResourceNotFound", $"Dashboard {name} does not exist");

    [GeneratedRegex(@"\A[0-9A-Za-z_-]{1,255}\z")]
    private static partial Regex NamePattern();
}
