using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Amazon.Runtime;

namespace BuildPipeline.Accounts;

/// <summary>Finds the sandbox of a state folder, or starts it; it outlives this process and ends by itself when idle.</summary>
/// <param name="stateFolder">Absolute path of the sandbox's state.</param>
/// <param name="time">Measures how long to wait for it.</param>
public sealed class SandboxProcess(string stateFolder, TimeProvider time) : IDisposable
{
    private const string SpotPath = "/_sandbox/spot";

    // The sandbox needs none of them, and a program that it starts may read the environment of its parent.
    private static readonly string[] Secrets = ["AWS_", "GITHUB_", "GH_", "ACTIONS_", "TF_", "HF_"];

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>The sandbox's assembly, next to the pipeline's in the build output.</summary>
    public static string Assembly { get; } = BuildOutput.Locate("Sandbox");

    private string EndpointFile => Path.Combine(stateFolder, "endpoint.json");

    // It has been built anew since this one started; running jobs continue in the new one from their checkpoints.
    private bool IsOutdated => File.GetLastWriteTimeUtc(Assembly) > File.GetLastWriteTimeUtc(EndpointFile);

    /// <summary>The address that the sandbox wrote last; null if there is none to read. Whether it answers is not checked.</summary>
    public SandboxEndpoint? LastKnown()
    {
        try
        {
            return JsonSerializer.Deserialize<SandboxEndpoint>(File.ReadAllText(EndpointFile), JsonSerializerOptions.Web);
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The error where the sandbox ended with this exit code: it ends with 2 for an option or a state folder that it refuses.</summary>
    public static ErrorCode ErrorOf(int exitCode) => exitCode == 2 ? AccountErrors.SandboxRefused : AccountErrors.SandboxFailed;

    /// <summary>The sandbox that runs on this state folder; null if none answers.</summary>
    public async Task<SandboxEndpoint?> FindAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(EndpointFile))
        {
            return null;
        }

        try
        {
            var endpoint = JsonSerializer.Deserialize<SandboxEndpoint>(
                await File.ReadAllTextAsync(EndpointFile, cancellationToken), JsonSerializerOptions.Web);
            using var response = await _http.GetAsync(new Uri(endpoint!.Url, "/_sandbox/health"), cancellationToken);
            return response.IsSuccessStatusCode ? endpoint : null;
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or IOException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>Finds or starts it.</summary>
    /// <exception cref="PipelineException">It did not come up; the sentence says where its log is.</exception>
    public async Task<SandboxEndpoint> EnsureStartedAsync(CancellationToken cancellationToken)
    {
        if (await FindAsync(cancellationToken) is { } running)
        {
            if (!IsOutdated)
            {
                return running;
            }

            await EndAsync(running, cancellationToken);
        }

        using var process = Start(["--background"]);
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < StartLimit)
        {
            await Task.Delay(Poll, time, cancellationToken);
            if (await FindAsync(cancellationToken) is { } started)
            {
                return started;
            }

            if (process.HasExited && process.ExitCode != 0)
            {
                var said = await process.StandardError.ReadToEndAsync(cancellationToken);
                throw new PipelineException(ErrorOf(process.ExitCode), $"The sandbox did not start: {said.Trim()}");
            }
        }

        throw new PipelineException(
            AccountErrors.SandboxSlow, $"The sandbox did not start within {StartLimit.TotalSeconds:0} s. See its log, {Path.Combine(stateFolder, "sandbox.log")}.");
    }

    /// <summary>Asks the sandbox that runs on this state folder, if one does, to end in order; returns at once.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        if (await FindAsync(cancellationToken) is { } endpoint)
        {
            using var response = await _http.PostAsync(new Uri(endpoint.Url, "/_sandbox/shutdown"), null, cancellationToken);
        }
    }

    /// <summary>The spot interruptions that later jobs will meet, in the sandbox's own words; null is its own standard.</summary>
    public async Task<IReadOnlyList<string>?> InterruptionsAsync(CancellationToken cancellationToken)
    {
        var endpoint = await EnsureStartedAsync(cancellationToken);
        var schedule = await _http.GetFromJsonAsync<JsonElement>(new Uri(endpoint.Url, SpotPath), cancellationToken);
        return schedule.GetProperty("interruptions").Deserialize<IReadOnlyList<string>>();
    }

    /// <summary>Sets the spot interruptions that later jobs will meet; null is the sandbox's own standard.</summary>
    public async Task SetInterruptionsAsync(IReadOnlyList<string>? interruptions, CancellationToken cancellationToken)
    {
        var endpoint = await EnsureStartedAsync(cancellationToken);
        using var response = await _http.PutAsJsonAsync(new Uri(endpoint.Url, SpotPath), new { interruptions }, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Why the sandbox cannot run a training image: it does not know it, or this machine lacks something; null if it can.</summary>
    public async Task<string?> ImageProblemAsync(string image, CancellationToken cancellationToken)
    {
        var endpoint = await EnsureStartedAsync(cancellationToken);

        // The first import of PyTorch on a busy machine takes long.
        using var patient = new HttpClient { Timeout = TimeSpan.FromMinutes(3) };
        var answer = await patient.GetFromJsonAsync<JsonElement>(
            new Uri(endpoint.Url, $"/_sandbox/images?uri={Uri.EscapeDataString(image)}"), cancellationToken);
        return answer.GetProperty("problem").GetString();
    }

    /// <summary>An address of the Terraform provider at which it acts as a session.</summary>
    /// <exception cref="PipelineException">The sandbox refuses the credentials, or does not answer.</exception>
    public string OpenProvider(SandboxEndpoint endpoint, ImmutableCredentials session)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(endpoint.Url, "/_sandbox/providers"))
            {
                Content = JsonContent.Create(new { access_key_id = session.AccessKey, secret_access_key = session.SecretKey, session_token = session.Token }),
            };
            using var response = _http.Send(request);
            using var body = response.Content.ReadAsStream();
            var answer = JsonSerializer.Deserialize<JsonElement>(body);
            return response.IsSuccessStatusCode
                ? answer.GetProperty("provider").GetString()!
                : throw new PipelineException(AccountErrors.AccessDenied, $"The sandbox opens no Terraform provider for the session: {answer.GetProperty("error").GetString()}");
        }
        catch (HttpRequestException exception)
        {
            throw new PipelineException(AccountErrors.SandboxFailed, $"The sandbox does not answer: {exception.Message}");
        }
    }

    /// <summary>Closes the connection; the sandbox itself keeps running.</summary>
    public void Dispose() => _http.Dispose();

    private async Task EndAsync(SandboxEndpoint endpoint, CancellationToken cancellationToken)
    {
        using var process = Process.GetProcessById(endpoint.Pid);
        using var response = await _http.PostAsync(new Uri(endpoint.Url, "/_sandbox/shutdown"), null, cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Starts the process with its output taken from the terminal, so no pipe of ours stays open in it.</summary>
    private Process Start(IEnumerable<string> options)
    {
        var start = new ProcessStartInfo("dotnet", [Assembly, $"--sandbox-state={stateFolder}", .. options])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var name in start.Environment.Keys.Where(name => Secrets.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))).ToList())
        {
            start.Environment.Remove(name);
        }

        return Process.Start(start) ?? throw new PipelineException(AccountErrors.SandboxFailed, "The sandbox could not be started: dotnet is not on the PATH.");
    }
}
