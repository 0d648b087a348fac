using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Sns;

/// <summary>Takes messages to endpoints on this machine, and keeps what became of each.</summary>
internal sealed class Deliveries(SandboxSettings settings, SandboxAddress address, MessageSigner signer, TimeProvider time) : IHostedService, IDisposable
{
    private readonly RecordLog<Delivery> _ended = new(Path.Combine(settings.FolderOf("sns"), "deliveries.jsonl"));
    private readonly ConcurrentDictionary<Guid, (Delivery Delivery, Task Run)> _pending = new();
    private readonly CancellationTokenSource _shutdown = new();
    private readonly HttpClient _http = CreateClient();

    /// <summary>Those that have ended, in the order of their ends, and then those that are under way.</summary>
    public IReadOnlyList<Delivery> All => [.. _ended.All, .. _pending.Values.Select(entry => entry.Delivery)];

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What is under way fails: messages do not survive the sandbox.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _shutdown.CancelAsync();
        await Task.WhenAll(_pending.Values.Select(entry => entry.Run)).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _shutdown.Dispose();
        _http.Dispose();
    }

    /// <summary>Keeps an e-mail that another service sends by itself.</summary>
    public void Record(Delivery letter) => _ended.Add(letter with { Status = "recorded", Attempts = 1 });

    /// <summary>Starts to deliver a message to a subscription.</summary>
    public void Send(Topic topic, Subscription subscription, OutgoingMessage outgoing)
    {
        var id = Guid.NewGuid();
        var delivery = new Delivery(outgoing.MessageId, topic.Arn, subscription.Arn, subscription.Protocol, subscription.Endpoint, outgoing.Type)
        {
            Subject = outgoing.Subject,
            Time = outgoing.Time,
        };
        var start = new TaskCompletionSource();
        _pending[id] = (delivery, EndAsync(id, start.Task, delivery, topic, subscription, outgoing));
        start.SetResult();
    }

    private async Task EndAsync(Guid id, Task started, Delivery delivery, Topic topic, Subscription subscription, OutgoingMessage outgoing)
    {
        await started.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            delivery = await DeliverAsync(id, delivery, topic, subscription, outgoing);
        }
        catch (OperationCanceledException)
        {
            delivery = _pending[id].Delivery with { Status = "failed", Error = "The sandbox ended before the message was delivered." };
        }

        _ended.Add(delivery);
        _pending.TryRemove(id, out _);
    }

    private async Task<Delivery> DeliverAsync(Guid id, Delivery delivery, Topic topic, Subscription subscription, OutgoingMessage outgoing)
    {
        var sandbox = await address.GetAsync(_shutdown.Token);
        delivery = delivery with
        {
            Body = subscription.Protocol == "email" ? outgoing.Letter(sandbox, subscription.Arn)
                : subscription.RawMessageDelivery && outgoing.Token is null ? outgoing.Message
                : outgoing.Document(sandbox, subscription.Arn, signer, topic.SignatureVersion),
            SubscribeUrl = outgoing.Token is null ? null : outgoing.SubscribeUrl(sandbox),
        };
        if (subscription.Protocol.StartsWith("email", StringComparison.Ordinal))
        {
            return delivery with { Status = "recorded", Attempts = 1 };
        }

        while (true)
        {
            var (status, error) = await PostAsync(delivery, subscription);
            delivery = delivery with { Attempts = delivery.Attempts + 1, Error = error };
            if (error is null || delivery.Attempts > DeliveryPolicy.Retries || !DeliveryPolicy.IsWorthRetrying(status))
            {
                return delivery with { Status = error is null ? "delivered" : "failed" };
            }

            _pending[id] = _pending[id] with { Delivery = delivery };
            await Task.Delay(DeliveryPolicy.Delay, time, _shutdown.Token);
        }
    }

    /// <returns>The status of the answer, and what went wrong; null if nothing did.</returns>
    private async Task<(int? Status, string? Error)> PostAsync(Delivery delivery, Subscription subscription)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, delivery.Endpoint) { Content = new StringContent(delivery.Body, Encoding.UTF8, "text/plain") };
        request.Headers.TryAddWithoutValidation("User-Agent", "Amazon Simple Notification Service Agent");
        request.Headers.Add("x-amz-sns-message-type", delivery.Type);
        request.Headers.Add("x-amz-sns-message-id", delivery.MessageId);
        request.Headers.Add("x-amz-sns-topic-arn", delivery.TopicArn);
        if (delivery.Type == "Notification")
        {
            request.Headers.Add("x-amz-sns-subscription-arn", delivery.SubscriptionArn);
            if (subscription.RawMessageDelivery)
            {
                request.Headers.Add("x-amz-sns-rawdelivery", "true");
            }
        }

        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _shutdown.Token);
            var status = (int)response.StatusCode;
            return (status, response.IsSuccessStatusCode ? null : $"The endpoint answered {status}.");
        }
        catch (HttpRequestException exception)
        {
            return (null, exception.Message);
        }
        catch (TaskCanceledException exception) when (exception.InnerException is TimeoutException)
        {
            return (null, $"The endpoint did not answer within {DeliveryPolicy.Timeout.TotalSeconds} seconds.");
        }
    }

    [SuppressMessage("Security", "CA5359", Justification = "Endpoints are on this machine, where no authority certifies names.")]
    private static HttpClient CreateClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        SslOptions = new() { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    })
    {
        Timeout = DeliveryPolicy.Timeout,
    };
}
