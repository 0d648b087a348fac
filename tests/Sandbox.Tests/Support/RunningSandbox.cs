using System.Text.Json;

namespace BuildPipeline.Sandbox.Tests.Support;

/// <summary>A sandbox that runs, as its endpoint.json says.</summary>
/// <param name="Url">Base address of AWS, GitHub and control requests.</param>
/// <param name="Pid">Id of its process.</param>
/// <param name="Provider">HOST:PORT of the Terraform provider.</param>
public sealed record RunningSandbox(Uri Url, int Pid, string Provider)
{
    /// <summary>The file in which a sandbox says where it listens.</summary>
    public static string FileIn(string stateFolder) => Path.Combine(stateFolder, "endpoint.json");

    /// <summary>The sandbox of a state folder.</summary>
    public static RunningSandbox In(string stateFolder)
    {
        var endpoint = JsonDocument.Parse(File.ReadAllText(FileIn(stateFolder))).RootElement;
        return new(new Uri(endpoint.GetProperty("url").GetString()!), endpoint.GetProperty("pid").GetInt32(), endpoint.GetProperty("provider").GetString()!);
    }

    /// <summary>Asks it to end, in order.</summary>
    public async Task ShutDownAsync()
    {
        using var http = new HttpClient { BaseAddress = Url };
        using var response = await http.PostAsync("/_sandbox/shutdown", null);
    }
}
