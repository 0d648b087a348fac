using System.Text.Json.Nodes;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Iam;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Tests.Models;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Sandbox.Tests.Iam;

/// <summary>IAM on a clock and a state folder of its own.</summary>
internal sealed class IamHarness : IDisposable
{
    public const string Account = "000000000000";
    public const string Trust =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sagemaker.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-iam-").FullName;

    public IamHarness() => (Service, Policies) = Open();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public IamService Service { get; private set; }

    public IIdentityPolicies Policies { get; private set; }

    /// <summary>As after a new start of the sandbox.</summary>
    public void Restart() => (Service, Policies) = Open();

    /// <param name="fields">As in a form; of a value only what has a meaning there is escaped.</param>
    public Task<XElement> CallAsync(string action, string fields = "") => Service.QueryAsync(action, fields);

    public async Task<string> RefusedAsync(string action, string fields = "") =>
        (await Assert.ThrowsAsync<AwsError>(() => CallAsync(action, fields))).Code;

    public Task<JsonObject?> CallInAsync(string region, string action, JsonObject input) =>
        Service.CallAsync(action, new AwsCall(input, region, Caller.UserOf(Account)));

    public async Task<string> CreateRoleAsync(string name, string fields = "") =>
        (await CallAsync("CreateRole", $"RoleName={name}&AssumeRolePolicyDocument={Escaped(Trust)}&{fields}")).Texts("Arn")[0];

    public async Task<string> CreatePolicyAsync(string name, string fields = "", string? document = null) =>
        (await CallAsync("CreatePolicy", $"PolicyName={name}&PolicyDocument={Escaped(document ?? Document("s3:GetObject"))}&{fields}")).Texts("Arn")[0];

    public static string Document(string action) => $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"{{action}}","Resource":"*"}]}""";

    public static string Escaped(string text) => Uri.EscapeDataString(text);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (IamService Service, IIdentityPolicies Policies) Open()
    {
        var settings = new SandboxSettings(_folder);
        var store = new IamStore(settings);
        var roles = new Roles(store);
        var service = new IamService(
            new RoleOperations(store, roles, new TrustPolicies(store, settings), settings, Time), new RolePolicyOperations(store, roles),
            new PolicyOperations(store, settings, Time), new PolicyVersionOperations(store, Time), new IdentityProviderOperations(store, settings, Time));
        return (service, new IdentityPolicies(store));
    }
}
