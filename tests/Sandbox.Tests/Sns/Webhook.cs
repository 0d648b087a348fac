using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Tests.Sns;

/// <summary>An endpoint on this machine that keeps what it is sent.</summary>
internal sealed class Webhook : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly BlockingCollection<(string Body, IReadOnlyDictionary<string, string> Headers)> _received = [];

    /// <param name="statuses">The status of each answer; 200 after the last.</param>
    public Webhook(params int[] statuses)
    {
        Url = $"http://127.0.0.1:{FreePort()}/hook";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _ = AnswerAsync(new Queue<int>(statuses));
    }

    public string Url { get; }

    /// <summary>The next message that comes.</summary>
    public (JsonNode Document, IReadOnlyDictionary<string, string> Headers) Take()
    {
        var (body, headers) = TakeText();
        return (JsonNode.Parse(body)!, headers);
    }

    public (string Body, IReadOnlyDictionary<string, string> Headers) TakeText() =>
        _received.TryTake(out var next, TimeSpan.FromSeconds(20)) ? next : throw new TimeoutException("The webhook was sent nothing.");

    public void Dispose()
    {
        _listener.Close();
        _received.Dispose();
    }

    private async Task AnswerAsync(Queue<int> statuses)
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var body = new StreamReader(context.Request.InputStream);
            var text = await body.ReadToEndAsync();
            context.Response.StatusCode = statuses.TryDequeue(out var status) ? status : 200;
            context.Response.Close();
            _received.Add((text, context.Request.Headers.AllKeys.OfType<string>().ToDictionary(name => name.ToLowerInvariant(), name => context.Request.Headers[name]!)));
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
