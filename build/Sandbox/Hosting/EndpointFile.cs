using System.Net;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Hosting;

/// <summary>The file <c>endpoint.json</c> in the state folder, which tells a client where the sandbox listens.</summary>
internal sealed class EndpointFile(SandboxSettings settings)
{
    public static string PathIn(string stateFolder) => Path.Combine(stateFolder, "endpoint.json");

    public void Write(IPEndPoint aws, IPEndPoint provider) =>
        AtomicFile.Write(PathIn(settings.StateFolder), new JsonObject
        {
            ["pid"] = Environment.ProcessId,
            ["url"] = $"http://{aws}",
            ["provider"] = provider.ToString(),
            ["account"] = settings.AccountId,
            ["region"] = settings.Region,
        }.ToJsonString());

    public void Delete() => File.Delete(PathIn(settings.StateFolder));
}
