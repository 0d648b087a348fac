using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Protocols;
using Microsoft.AspNetCore.Connections;

namespace BuildPipeline.Sandbox.Hosting;

/// <summary>Credentials of a session, as STS gave them out.</summary>
internal sealed record ProviderCredentials(string AccessKeyId, string SecretAccessKey, string SessionToken);

/// <summary>
/// A provider address for each session. Terraform gives a provider that it starts its own environment, and with it credentials; the one that
/// it attaches to gets none. So a session asks for an address, and whoever connects there acts as the session.
/// </summary>
internal sealed class SessionProviders(AccessKeys keys, Listeners listeners, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (TcpListener Listener, Caller Caller)> _open = new(StringComparer.Ordinal);

    // Whose a connection is that is on its way to the listener of sessions, by the port that it comes from.
    private readonly ConcurrentDictionary<int, Caller> _arriving = [];

    /// <summary>Opens the address of a session, or finds it open.</summary>
    /// <returns>HOST:PORT.</returns>
    /// <exception cref="AwsError">The credentials are not those of a session, or it is over.</exception>
    public string Open(ProviderCredentials credentials)
    {
        var caller = CallerOf(credentials);
        lock (_gate)
        {
            CloseExpired();
            if (!_open.TryGetValue(caller.AccessKeyId, out var open))
            {
                open = (new TcpListener(IPAddress.Loopback, 0), caller);
                open.Listener.Start();
                _open[caller.AccessKeyId] = open;
                _ = AcceptAsync(open.Listener, caller);
            }

            return open.Listener.LocalEndpoint.ToString()!;
        }
    }

    /// <summary>Marks a connection with its session. One that came another way is closed: it is nobody's.</summary>
    public Task IdentifyAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (!_arriving.TryRemove(((IPEndPoint)connection.RemoteEndPoint!).Port, out var caller))
        {
            connection.Abort();
            return Task.CompletedTask;
        }

        connection.Items[typeof(Caller)] = caller;
        return next(connection);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var (listener, _) in _open.Values)
            {
                listener.Dispose();
            }
        }
    }

    private Caller CallerOf(ProviderCredentials credentials)
    {
        if (keys.Find(credentials.AccessKeyId, credentials.SessionToken) is not { } key
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(key.Secret), Encoding.UTF8.GetBytes(credentials.SecretAccessKey)))
        {
            throw new AwsError(403, "InvalidClientTokenId", "The security token included in the request is invalid.");
        }

        return key.Caller.Session!.ExpiresAt > time.GetUtcNow()
            ? key.Caller : throw new AwsError(403, "ExpiredToken", "The security token included in the request is expired");
    }

    private void CloseExpired()
    {
        foreach (var (id, (listener, _)) in _open.Where(open => open.Value.Caller.Session!.ExpiresAt <= time.GetUtcNow()).ToList())
        {
            listener.Dispose();
            _open.Remove(id);
        }
    }

    private async Task AcceptAsync(TcpListener listener, Caller caller)
    {
        while (true)
        {
            try
            {
                _ = RelayAsync(await listener.AcceptTcpClientAsync(), caller);
            }
            catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private async Task RelayAsync(TcpClient from, Caller caller)
    {
        using var client = from;
        using var server = new TcpClient(new IPEndPoint(IPAddress.Loopback, 0));
        try
        {
            _arriving[((IPEndPoint)server.Client.LocalEndPoint!).Port] = caller;
            (client.NoDelay, server.NoDelay) = (true, true);
            await server.ConnectAsync(listeners.Sessions);
            await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(client.GetStream()));
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // Either end may go away at any time.
        }
    }
}
