using System.Xml.Linq;
using Amazon;
using Amazon.Runtime;
using BuildPipeline.Accounts;

namespace BuildPipeline.Aws;

/// <summary>Publishes to topics of SNS.</summary>
/// <param name="clients">Say where the account is.</param>
/// <param name="http">Reaches SNS.</param>
public sealed class TopicPublisher(IAwsClients clients, HttpClient http)
{
    private const string Service = "sns";

    /// <summary>Publishes a message.</summary>
    /// <param name="topicArn">The topic, in the region of the clients.</param>
    /// <param name="subject">Subject of a mail: at most 100 characters of ASCII.</param>
    /// <param name="text">The message.</param>
    /// <exception cref="AmazonServiceException">SNS refuses it.</exception>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public async Task PublishAsync(string topicArn, string subject, string text, CancellationToken cancellationToken)
    {
        var connection = clients.Connection;
        var address = connection.Endpoint ?? new Uri($"https://{Service}.{connection.Region}.{RegionEndpoint.GetBySystemName(connection.Region).PartitionDnsSuffix}/");
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["Action"] = "Publish",
            ["Version"] = "2010-03-31",
            ["TopicArn"] = topicArn,
            ["Subject"] = subject,
            ["Message"] = text,
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = form };
        await RequestSigner.SignAsync(request, await form.ReadAsByteArrayAsync(cancellationToken), connection, Service);
        using var response = await http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw Refusal(response, await response.Content.ReadAsStringAsync(cancellationToken));
        }
    }

    private static AmazonServiceException Refusal(HttpResponseMessage response, string body)
    {
        var error = body.StartsWith('<') ? XElement.Parse(body).Descendants().ToLookup(element => element.Name.LocalName, element => element.Value) : null;
        var code = error?["Code"].FirstOrDefault() ?? $"{(int)response.StatusCode}";
        return new AmazonServiceException(error?["Message"].FirstOrDefault() ?? code, null, ErrorType.Unknown, code, "", response.StatusCode);
    }
}
