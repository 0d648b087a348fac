using System.Text.Json;
using BuildPipeline.EndToEnd.Tests.Pipeline;

namespace BuildPipeline.EndToEnd.Tests.Infra;

/// <summary>A keeper from its creation to its end, as the roles of infra/access, with their policies enforced.</summary>
[Trait("Tier", "all")]
public sealed class KeeperTests : IAsyncLifetime
{
    private const string Keeper = "finetune-sandbox-keeper";
    private const string Roles = "arn:aws:iam::000000000000:role/finetune-sandbox";

    private const string Values = """
        permissions_boundary_arn = "arn:aws:iam::000000000000:policy/finetune-sandbox-boundary"
        keeper                   = { repository = "sandbox/pipeline", schedule_minutes = 1440 }
        """;

    private readonly Workplace _place = new();

    [SkippableFact]
    public async Task Given_AKeeper_When_ItIsSetUpFrozenAndDeletedByTheRoles_Then_EachMayDoItsPartAndAFreezeDeniesTheKeeperToo()
    {
        Skip.IfNot(await Sandbox.Tests.Support.ExternalTool.WorksAsync("terraform", "version"), "terraform is not installed");
        (await _place.BuildAsync("--target=Bootstrap")).ShouldExitWith(0);
        var values = $"--var-file={_place.Write("keeper.tfvars", Values)}";
        await AppliedRoles.ApplyAsync(_place, values);
        Task<Result> AsAsync(string role, string target, params string[] options) =>
            _place.QuickAsync([$"--target={target}", $"--assume-role={Roles}-{role}", values, .. options]);

        (await AsAsync("launch", "Apply")).ShouldExitWith(0);
        Assert.Equal(
            ["aws_cloudwatch_event_rule", "aws_cloudwatch_event_rule", "aws_cloudwatch_event_target", "aws_cloudwatch_event_target", "aws_codebuild_project"],
            (await InventoryAsync()).Where(type => type is "aws_codebuild_project" || type.StartsWith("aws_cloudwatch_event", StringComparison.Ordinal)).Order());
        (await AsAsync("plan", "CostGate")).ShouldExitWith(0).ShouldContain("builds of the keeper");
        (await AsAsync("freeze", "Freeze", "--why=review")).ShouldExitWith(0);
        (await AsAsync("freeze", "Unfreeze", "--why=reviewed")).ShouldExitWith(0);
        (await AsAsync("cleanup", "Cleanup", "--purge-artifacts=finetune-sandbox-000000000000-us-east-1")).ShouldExitWith(0);

        Assert.DoesNotContain("aws_codebuild_project", await InventoryAsync());
        Assert.Equal(
            ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
            (await DecidedAsync()).Where(entry => entry.GetProperty("resource").GetString()!.EndsWith($"role/{Keeper}", StringComparison.Ordinal))
                .Select(entry => entry.GetProperty("action").GetString()!).Where(action => action.EndsWith("RolePolicy", StringComparison.Ordinal)).Distinct().Order());
    }

    public async Task InitializeAsync() => await _place.HostSandboxAsync();

    public async Task DisposeAsync() => await _place.DisposeAsync();

    private async Task<IReadOnlyList<string>> InventoryAsync() =>
        [.. (await GetAsync("resources")).GetProperty("resources").EnumerateArray().Select(resource => resource.GetProperty("type").GetString()!)];

    private async Task<IEnumerable<JsonElement>> DecidedAsync() => (await GetAsync("authorizations")).EnumerateArray();

    private async Task<JsonElement> GetAsync(string what)
    {
        using var http = new HttpClient();
        using var document = JsonDocument.Parse(await http.GetStringAsync(new Uri(_place.Sandbox().Url, $"/_sandbox/{what}")));
        return document.RootElement.Clone();
    }
}
