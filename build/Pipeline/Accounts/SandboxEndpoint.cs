using System.Text.Json;

namespace BuildPipeline.Accounts;

/// <summary>Where a running sandbox listens, as it says in <c>endpoint.json</c> of its state folder.</summary>
/// <param name="Pid">Its process id.</param>
/// <param name="Url">AWS, GitHub and control, for example <c>http://127.0.0.1:40001</c>.</param>
/// <param name="Provider">The Terraform provider, <c>127.0.0.1:PORT</c>.</param>
/// <param name="Account">Its AWS account.</param>
/// <param name="Region">Its default region.</param>
public sealed record SandboxEndpoint(int Pid, Uri Url, string Provider, string Account, string Region)
{
    /// <summary>What a shell needs, so AWS's own tools and terraform use the sandbox.</summary>
    public IReadOnlyList<string> Exports =>
    [
        $"export AWS_ENDPOINT_URL={Url.ToString().TrimEnd('/')} AWS_REGION={Region} AWS_DEFAULT_REGION={Region}",
        $"export AWS_ACCESS_KEY_ID={SandboxConnection.Key} AWS_SECRET_ACCESS_KEY={SandboxConnection.Key}",
        $"export TF_REATTACH_PROVIDERS='{ReattachProviders}'",
    ];

    /// <summary>What terraform needs in its environment to use the sandbox's provider instead of the registry's.</summary>
    /// <remarks>The form is go-plugin's reattach configuration; <c>Test</c> keeps terraform from ending the process.</remarks>
    public string ReattachProviders => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["registry.terraform.io/hashicorp/aws"] = new
        {
            Protocol = "grpc",
            ProtocolVersion = 5,
            Pid,
            Test = true,
            Addr = new { Network = "tcp", String = Provider },
        },
    });
}
