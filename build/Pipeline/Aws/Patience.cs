using BuildPipeline.Accounts;
using Polly;
using Polly.Retry;

namespace BuildPipeline.Aws;

/// <summary>Tries calls to AWS again for some minutes, as long as what they meet passes with time.</summary>
internal static class Patience
{
    private const int Retries = 8;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    public static ResiliencePipeline For(AwsConnection connection, TimeProvider time) => new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } exception
                && AwsErrors.IsAwsError(exception, arguments.Context.CancellationToken)
                && AwsErrors.IsTransient(exception)),
            MaxRetryAttempts = Retries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = connection.PollingOptions.Retry,
            MaxDelay = LongestPause,
        })
        .Build();
}
