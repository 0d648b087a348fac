using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace BuildPipeline.Pipeline.Tests.Aws;

/// <summary>What a client sent.</summary>
internal sealed record SentRequest(string Target, string ContentType, string Authorization, string Body)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>Method and path, for example <c>GET /x</c>.</summary>
    public string Line { get; init; } = "";

    /// <summary>Region, service and terminator of the signature's credential scope.</summary>
    public string Scope => string.Join('/', Authorization.Split("Credential=")[1].Split(',')[0].Split('/')[2..]);
}

/// <summary>What the endpoint answers.</summary>
internal sealed record Answer(int Status, string Body, params (string Name, string Value)[] Headers);

/// <summary>An HTTP endpoint on loopback that gives prepared answers in order, the last one forever.</summary>
internal sealed class FakeAwsEndpoint : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<SentRequest> _requests = new();
    private readonly Queue<Answer> _answers;

    public FakeAwsEndpoint(params Answer[] answers)
    {
        _answers = new Queue<Answer>(answers);
        Url = $"http://127.0.0.1:{FreePort()}/";
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _ = ServeAsync();
    }

    public string Url { get; }

    public IReadOnlyList<SentRequest> Requests => [.. _requests];

    public SentRequest Only => Assert.Single(_requests);

    public void Dispose() => _listener.Close();

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            await AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
        var headers = context.Request.Headers;
        _requests.Enqueue(new SentRequest(
            headers["X-Amz-Target"] ?? "", headers["Content-Type"] ?? "", headers["Authorization"] ?? "", await reader.ReadToEndAsync()) { Line = $"{context.Request.HttpMethod} {context.Request.Url!.AbsolutePath}" });
        var answer = _answers.Count > 1 ? _answers.Dequeue() : _answers.Peek();
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/x-amz-json-1.1";
        context.Response.Headers["x-amzn-RequestId"] = $"request-{_requests.Count}";
        foreach (var (name, value) in answer.Headers)
        {
            context.Response.Headers[name] = value;
        }

        context.Response.Close(Encoding.UTF8.GetBytes(answer.Body), willBlock: false);
    }
}
