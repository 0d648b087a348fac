using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Mlflow;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Hosting;

/// <summary>Hands a signed request to the service it was signed for, and lets the others pass on to GitHub, MLflow, the price list and control.</summary>
internal sealed partial class AwsRouter(
    RequestDelegate next, Authenticator authenticator, IEnumerable<IAwsService> services, ICallerPolicies policies, FaultyRequests faults, SandboxSettings settings,
    ILogger<AwsRouter> logger)
{
    private static readonly PathString[] Unsigned = ["/api/v3", "/api/graphql", "/_sandbox", "/offers", MlflowApi.Root];

    private readonly Dictionary<string, IAwsService> _services = services.ToDictionary(service => service.SigningName);

    public async Task InvokeAsync(HttpContext context)
    {
        if (!SignatureClaim.IsIn(context.Request) && Array.Exists(Unsigned, path => context.Request.Path.StartsWithSegments(path, StringComparison.Ordinal)))
        {
            await next(context);
            return;
        }

        AwsErrorWriter.Identify(context);
        try
        {
            await DispatchAsync(
                context, await authenticator.AuthenticateAsync(context) ?? await AwsScope.OfUnsignedAsync(context.Request) ?? throw MissingToken(context.Request));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (AwsError error)
        {
            await AwsErrorWriter.WriteAsync(context, error);
        }
        catch (BadHttpRequestException exception)
        {
            await AwsErrorWriter.WriteAsync(context, new AwsError(400, "IncompleteBody", exception.Message));
        }
        catch (Exception exception)
        {
            LogFailure(logger, exception, context.Request.Method, context.Request.Path);
            await AwsErrorWriter.WriteAsync(context, new AwsError(500, "InternalFailure", $"The sandbox failed: {exception.Message}"));
        }
    }

    private async Task DispatchAsync(HttpContext context, AwsScope scope)
    {
        context.Features.Set(scope);
        context.Features.Set(policies);
        if (!_services.TryGetValue(scope.Service, out var service))
        {
            throw new AwsError(
                400, "UnknownService", $"The sandbox has no service '{scope.Service}'; it has {string.Join(", ", _services.Keys.Order())}.");
        }

        if (!service.HasOtherAccounts && scope.Caller is { Account: var account } && account != settings.AccountId)
        {
            throw new AwsError(
                403, "AccessDenied", $"The sandbox emulates the account {account} of this key in S3 and STS only: use the key id 'sandbox' for {scope.Service}.");
        }

        await faults.HandleAsync(context, service, await service.OperationAsync(context.Request) ?? "");
    }

    private static AwsError MissingToken(HttpRequest request) => CredentialErrors.Of(
        CredentialFault.Missing, request.HasFormContentType ? "sts" : "", "Missing Authentication Token: sign the request with the key id and the secret 'sandbox'.");

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private static partial void LogFailure(ILogger logger, Exception exception, string method, PathString path);
}
