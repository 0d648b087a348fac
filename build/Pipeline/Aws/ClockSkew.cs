using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Util;

namespace BuildPipeline.Aws;

/// <summary>Sends a request once more that was refused for the time of its signature: this machine's clock differs from AWS's.</summary>
/// <remarks>
/// The SDK corrects its time by each answer, but tries again only if that time still differs from this machine's: not once a wrong clock has been set
/// right, nor for each request that was under way meanwhile, nor for a HEAD request of S3, whose refusal has no code. What was refused had no effect.
/// </remarks>
internal sealed class ClockSkewHandler : PipelineHandler
{
    private static readonly string[] Codes = ["RequestTimeTooSkewed", "RequestInTheFuture", "RequestExpired", "InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure"];

    /// <inheritdoc/>
    public override async Task<T> InvokeAsync<T>(IExecutionContext executionContext)
    {
        var context = executionContext.RequestContext;
        try
        {
            return await base.InvokeAsync<T>(executionContext);
        }
        catch (AmazonServiceException exception) when (context.Request.IsRequestStreamRewindable() && IsOfTime(context.Request.HttpMethod, exception))
        {
            Rewind(context.Request);
            context.IsSigned = false;
            return await base.InvokeAsync<T>(executionContext);
        }
    }

    private static void Rewind(IRequest request)
    {
        if (request.ContentStream is not { } content)
        {
            return;
        }

        var hashed = content as HashStream;
        hashed?.Reset();
        (hashed?.GetSeekableBaseStream() ?? content).Position = request.OriginalStreamPosition;
    }

    private static bool IsOfTime(string method, AmazonServiceException exception) =>
        Codes.Contains(exception.ErrorCode) || (method == "HEAD" && exception.StatusCode == HttpStatusCode.Forbidden);
}

/// <summary>Gives every client of the SDK the <see cref="ClockSkewHandler"/>.</summary>
internal sealed class ClockSkewCustomizer : IRuntimePipelineCustomizer
{
    /// <inheritdoc/>
    public string UniqueName => nameof(ClockSkewCustomizer);

    /// <inheritdoc/>
    public void Customize(Type serviceClientType, RuntimePipeline pipeline) => pipeline.AddHandlerBefore<RetryHandler>(new ClockSkewHandler());
}
