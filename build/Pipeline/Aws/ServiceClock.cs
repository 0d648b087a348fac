using System.Globalization;
using Amazon.Runtime;

namespace BuildPipeline.Aws;

/// <summary>The time by AWS's clock, for what must hold even if this machine's clock is wrong or set back.</summary>
public sealed class ServiceClock(IAwsClients clients, TimeProvider time)
{
    /// <summary>The <c>Date</c> of an answer of STS that is asked for now; this machine's time where an answer has none.</summary>
    /// <exception cref="PipelineException">No credentials, or no answer.</exception>
    public async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset? answered = null;
        void Hear(object sender, ResponseEventArgs response) => answered = DateOf(response) ?? answered;

        var client = clients.SecurityToken as AmazonServiceClient;
        client?.AfterResponseEvent += Hear;
        try
        {
            await clients.CheckCredentialsAsync(cancellationToken);
        }
        finally
        {
            client?.AfterResponseEvent -= Hear;
        }

        return answered ?? time.GetUtcNow();
    }

    private static DateTimeOffset? DateOf(ResponseEventArgs response) =>
        response is WebServiceResponseEventArgs { ResponseHeaders: { } headers }
        && headers.TryGetValue("Date", out var date)
        && DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed)
            ? parsed
            : null;
}
