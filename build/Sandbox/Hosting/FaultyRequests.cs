using BuildPipeline.Sandbox.Faults;
using BuildPipeline.Sandbox.Protocols;
using Microsoft.AspNetCore.Http.Features;

namespace BuildPipeline.Sandbox.Hosting;

/// <summary>Hands requests to their services, with the faults that are planned for them.</summary>
internal sealed class FaultyRequests(FaultPlan faults, TimeProvider time)
{
    private const int ListingDelaySeconds = 60;

    /// <exception cref="AwsError">The fault is an error answer, or the service refuses the request.</exception>
    public async Task HandleAsync(HttpContext context, IAwsService service, string operation)
    {
        var fault = faults.Take(service.SigningName, operation, service.KeyOf(context.Request));
        switch (fault?.Kind)
        {
            case null:
                await service.HandleAsync(context);
                break;
            case FaultKind.DelayedListing:
                context.Features.Set(new ListingDelay(time.GetUtcNow() - TimeSpan.FromSeconds(fault.Seconds ?? ListingDelaySeconds)));
                await service.HandleAsync(context);
                break;
            case FaultKind.Timeout:
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
                break;
            case FaultKind.DropResponse:
                await WithoutResponseAsync(context, service, fault);
                context.Abort();
                break;
            case FaultKind.HoldResponse:
                await WithoutResponseAsync(context, service, fault);
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
                break;
            case var kind:
                throw AwsFaults.ErrorOf(kind.Value, service.SigningName);
        }
    }

    private async Task WithoutResponseAsync(HttpContext context, IAwsService service, Fault fault)
    {
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        try
        {
            await service.HandleAsync(context);
        }
        catch (AwsError)
        {
            // A refusal is a response too, and does not arrive either.
        }
        finally
        {
            faults.End(fault);
        }
    }
}
