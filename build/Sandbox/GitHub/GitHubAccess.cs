using System.Globalization;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Faults;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.GitHub;

/// <summary>What is checked before every GitHub operation: a token, the hourly limit, planned faults (service <c>github</c>, operation by endpoint name).</summary>
internal sealed class GitHubAccess(FaultPlan faults, TimeProvider time)
{
    private const int HourlyLimit = 5000;

    private readonly Lock _gate = new();
    private DateTimeOffset _reset;
    private int _used;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        context.Response.Headers["X-GitHub-Request-Id"] = context.TraceIdentifier;
        context.Response.Headers["X-GitHub-Media-Type"] = "github.v3; format=json";
        if (GitHubCaller.Find(context.Request) is null)
        {
            return GitHubAnswer.Refuse(401, string.IsNullOrWhiteSpace(context.Request.Headers.Authorization) ? "Requires authentication" : "Bad credentials");
        }

        var remaining = Count(context.Response);
        var operation = context.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "";
        var fault = faults.Take("github", operation);
        switch (fault?.Kind)
        {
            case null:
                return remaining < 0 ? GitHubAnswer.Refuse(403, "API rate limit exceeded for user sandbox.") : await next(invocation);
            case FaultKind.Throttle:
                context.Response.Headers.RetryAfter = "1";
                return GitHubAnswer.Refuse(403, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.");
            case FaultKind.ExpiredCredentials:
                return GitHubAnswer.Refuse(401, "Bad credentials");
            case FaultKind.Timeout:
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
                return null;
            case FaultKind.DropResponse:
                await next(invocation);
                context.Abort();
                return null;
            case FaultKind.HoldResponse:
                await next(invocation);
                faults.End(fault);
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
                return null;
            case FaultKind.AccessDenied:
                return GitHubAnswer.NotAccessible();
            default:
                return GitHubAnswer.Refuse(500, "Server Error");
        }
    }

    /// <returns>Requests left in this hour; negative once there are none.</returns>
    private int Count(HttpResponse response)
    {
        lock (_gate)
        {
            if (time.GetUtcNow() >= _reset)
            {
                _reset = time.GetUtcNow().AddHours(1);
                _used = 0;
            }

            _used++;
            var remaining = HourlyLimit - _used;
            response.Headers["X-RateLimit-Limit"] = HourlyLimit.ToString(CultureInfo.InvariantCulture);
            response.Headers["X-RateLimit-Remaining"] = Math.Max(0, remaining).ToString(CultureInfo.InvariantCulture);
            response.Headers["X-RateLimit-Used"] = Math.Min(HourlyLimit, _used).ToString(CultureInfo.InvariantCulture);
            response.Headers["X-RateLimit-Reset"] = _reset.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            response.Headers["X-RateLimit-Resource"] = "core";
            return remaining;
        }
    }
}

/// <summary>Answers in GitHub's form.</summary>
internal static class GitHubAnswer
{
    private const string Documentation = "https://docs.github.com/rest";

    public static IResult Ok(JsonNode body, int status = StatusCodes.Status200OK) => Results.Json(body, SandboxJson.Options, statusCode: status);

    public static IResult NotFound() => Refuse(404, "Not Found");

    /// <summary>403: what an App's installation token may not do, or what this one was not permitted.</summary>
    public static IResult NotAccessible() => Refuse(403, "Resource not accessible by integration");

    public static IResult Refuse(int status, string message) =>
        Ok(new JsonObject { ["message"] = message, ["documentation_url"] = Documentation }, status);

    /// <summary>422: a member of the request does not pass.</summary>
    public static IResult Invalid(string resource, string field, string message) => Ok(
        new JsonObject
        {
            ["message"] = "Validation Failed",
            ["errors"] = new JsonArray(new JsonObject { ["resource"] = resource, ["code"] = "unprocessable", ["field"] = field, ["message"] = message }),
            ["documentation_url"] = Documentation,
        },
        StatusCodes.Status422UnprocessableEntity);
}
