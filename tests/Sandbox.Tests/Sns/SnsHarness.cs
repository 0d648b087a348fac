using System.Xml.Linq;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Sns;
using BuildPipeline.Sandbox.Tests.Models;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Sandbox.Tests.Sns;

/// <summary>SNS on a clock of its own, with the keys that a test gives it.</summary>
internal sealed class SnsHarness : IDisposable, ITopicKeys
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-sns-").FullName;

    public SnsHarness()
    {
        var settings = new SandboxSettings(_folder);
        var (stores, address) = (TopicStore.OfRegions(settings), new SandboxAddress());
        address.Set(new Uri("http://127.0.0.1:4566"));
        Signer = new MessageSigner(settings, Time);
        Deliveries = new Deliveries(settings, address, Signer, Time);
        Topics = new Topics(stores, this, Deliveries, Time);
        Service = new SnsService(new TopicOperations(stores, Topics, settings), new SubscriptionOperations(stores, Topics, Time));
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public MessageSigner Signer { get; }

    public Deliveries Deliveries { get; }

    public Topics Topics { get; }

    public SnsService Service { get; }

    public Dictionary<string, TopicKey> Keys { get; } = [];

    public TopicKey? Find(string name, string region) => Keys.GetValueOrDefault(name);

    public Task<XElement> CallAsync(string action, string fields = "") => Service.QueryAsync(action, fields);

    public async Task<string> CreateAsync(string name, string fields = "") => (await CallAsync("CreateTopic", $"Name={name}&{fields}")).Texts("TopicArn")[0];

    /// <summary>Subscribes, and confirms with the token of the message.</summary>
    /// <returns>The subscription's ARN.</returns>
    public async Task<string> SubscribeAsync(string topic, string protocol, string endpoint, string fields = "")
    {
        await CallAsync("Subscribe", $"TopicArn={topic}&Protocol={protocol}&Endpoint={Uri.EscapeDataString(endpoint)}&{fields}");
        var asked = await EndedAsync(delivery => delivery.Endpoint == endpoint && delivery.Type == "SubscriptionConfirmation");
        var token = asked.SubscribeUrl!.Split("Token=")[1];
        return (await CallAsync("ConfirmSubscription", $"TopicArn={topic}&Token={token}")).Texts("SubscriptionArn")[0];
    }

    /// <summary>A delivery that has ended; the clock advances until then.</summary>
    public async Task<Delivery> EndedAsync(Func<Delivery, bool> which)
    {
        for (var tries = 0; tries < 500; tries++)
        {
            if (Deliveries.All.LastOrDefault(delivery => delivery.Status != "pending" && which(delivery)) is { } ended)
            {
                return ended;
            }

            await Task.Delay(20);
            Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        throw new TimeoutException("Nothing was delivered.");
    }

    public void Dispose()
    {
        Deliveries.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
