using System.Globalization;
using Amazon.Runtime;

namespace BuildPipeline.Aws;

/// <summary>The time as AWS tells it: what has to hold although a machine's clock is wrong, or is set back, is judged by it.</summary>
public sealed class ServiceClock(IAwsClients clients, TimeProvider time)
{
    /// <summary>The <c>Date</c> of an answer of STS that is asked for now; this machine's time where an answer has none.</summary>
    /// <exception cref="PipelineException">No credentials, or no answer.</exception>
    public async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset? told = null;
        void Hear(object sender, ResponseEventArgs response) => told = DateOf(response) ?? told;

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

        return told ?? time.GetUtcNow();
    }

    private static DateTimeOffset? DateOf(ResponseEventArgs response) =>
        response is WebServiceResponseEventArgs { ResponseHeaders: { } headers }
        && headers.TryGetValue("Date", out var date)
        && DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed)
            ? parsed
            : null;
}
