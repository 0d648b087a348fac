using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.S3;
using BuildPipeline.Access;
using BuildPipeline.EndToEnd.Tests.Pipeline;
using BuildPipeline.Uploads;

namespace BuildPipeline.EndToEnd.Tests.Infra;

/// <summary>All that is done with an environment, as the roles of infra/access, with their policies enforced.</summary>
[Trait("Tier", "all")]
public sealed class RoleJourneyTests : IAsyncLifetime
{
    private const string Name = "finetune-sandbox";
    private const string Roles = "arn:aws:iam::000000000000:role/" + Name;

    // An environment with all that it can have.
    private const string Everything = """
        permissions_boundary_arn    = "arn:aws:iam::000000000000:policy/finetune-sandbox-boundary"
        approval_key_arn            = "arn:aws:kms:us-east-1:000000000000:alias/finetune-sandbox-approvals"
        interface_endpoints         = ["sts"]
        max_run_cost_usd            = 100
        alarms                      = { emails = ["training@example.com"], dashboard = true, team_budgets = true }
        teams                       = { research = { instance_families = ["g5"], usd_per_month = 5000 } }
        training_log_retention_days = 14
        """;

    private readonly Workplace _place = new();

    // Inside the repository as data has to be.
    private readonly DirectoryInfo _large = Directory.CreateDirectory(Path.Combine(Workplace.Root, "TestResults", $"data-{Guid.NewGuid():N}"));

    [SkippableFact]
    public async Task Given_TheRolesOfAnEnvironment_When_AllIsDoneAsThem_Then_NothingIsDeniedAndTheRecordIsThatOfTheFile()
    {
        Skip.IfNot(await Sandbox.Tests.Support.ExternalTool.WorksAsync("terraform", "version"), "terraform is not installed");
        (await _place.BuildAsync("--target=Bootstrap")).ShouldExitWith(0);
        var everything = $"--var-file={_place.Write("everything.tfvars", Everything)}";
        var access = AccessPolicies.Of(await AppliedRoles.ApplyAsync(_place, everything), Name);
        Task<Result> AsAsync(string role, string target, params string[] options) =>
            _place.QuickAsync([$"--target={target}", $"--assume-role={Roles}-{role}", everything, .. options]);

        const string First = "--var=tags={first=\"1\"}";
        string[] changed = ["--var=tags={second=\"2\"}", "--var=training_log_retention_days=30"];
        string[] endless = [.. changed, "--detach", "--interruptions=0", $"--var=validation_data_uri=TestResults/{_large.Name}", await _place.SlowerAsync("long.tfvars", steps: 5000)];
        (await AsAsync("plan", "CostGate", First)).ShouldExitWith(0);
        (await AsAsync("launch", "Doctor")).ShouldExitWith(0);
        (await AsAsync("launch", "Launch", "--interruptions=1", First)).ShouldExitWith(0);
        (await AsAsync("plan", "CostGate", First)).ShouldExitWith(0);
        await StartUploadsAsync();
        (await AsAsync("launch", "Launch", endless)).ShouldExitWith(75);
        (await AsAsync("launch", "Stop", changed)).ShouldExitWith(0);
        (await AsAsync("launch", "Launch", endless)).ShouldExitWith(6);
        (await AsAsync("launch", "Launch", endless)).ShouldExitWith(75);
        (await AsAsync("freeze", "Freeze", "--why=review")).ShouldExitWith(0);
        await Eventually.HoldsAsync(HasCheckpointAsync, seconds: 60);
        (await AsAsync("freeze", "Stop", "--all", "--team=research")).ShouldExitWith(0);
        (await AsAsync("freeze", "Unfreeze", "--why=reviewed")).ShouldExitWith(0);
        (await AsAsync("launch", "Launch", endless)).ShouldExitWith(6);
        (await AsAsync("launch", "Launch", endless)).ShouldExitWith(75);
        var execution = await ExecutionPoliciesAsync();
        (await AsAsync("cleanup", "Cleanup", $"--purge-artifacts={Name}-000000000000-us-east-1")).ShouldExitWith(0);

        AssertCurrent(await RecordAsync(access, execution));
    }

    public async Task InitializeAsync() => await _place.HostSandboxAsync();

    public async Task DisposeAsync()
    {
        _large.Delete(recursive: true);
        await _place.DisposeAsync();
    }

    // Two others died while they uploaded the same file: the launch continues the upload that S3 checks as the pipeline does, and aborts the other.
    private async Task StartUploadsAsync()
    {
        await File.WriteAllBytesAsync(Path.Combine(_large.FullName, "large.bin"), new byte[17 * 1024 * 1024]);
        var data = await ContentManifest.ReadAsync(_large.FullName, "data", default);
        using var s3 = _place.CreateS3();
        foreach (var checksum in (ChecksumAlgorithm?[])[ChecksumAlgorithm.SHA256, null])
        {
            await s3.InitiateMultipartUploadAsync(new() { BucketName = $"{Name}-000000000000-us-east-1", Key = $"data/{data.Sha256}/large.bin", ChecksumAlgorithm = checksum });
        }
    }

    // Without one, Stop has no manifest to read, and the record would lack that request.
    private async Task<bool> HasCheckpointAsync()
    {
        using var s3 = _place.CreateS3();
        var objects = await s3.ListObjectsV2Async(new() { BucketName = $"{Name}-000000000000-us-east-1" });
        return (objects.S3Objects ?? []).Exists(item => item.Key.Contains($"{_place.LatestRunId}/checkpoints/", StringComparison.Ordinal) && item.Key.EndsWith("/manifest.json", StringComparison.Ordinal));
    }

    /// <summary>The execution role's policies, by name.</summary>
    private async Task<IReadOnlyDictionary<string, JsonNode>> ExecutionPoliciesAsync()
    {
        using var s3 = _place.CreateS3();
        using var state = await s3.GetObjectAsync("sandbox-terraform-state", "infra/terraform.tfstate");
        var resources = (await JsonNode.ParseAsync(state.ResponseStream))!["resources"]!.AsArray();
        return resources.Where(resource => (string)resource!["type"]! == "aws_iam_role_policy")
            .SelectMany(resource => resource!["instances"]!.AsArray(), (_, instance) => instance!["attributes"]!)
            .OrderBy(policy => (string)policy["name"]!, StringComparer.Ordinal)
            .ToDictionary(policy => $"{Name}-execution-{policy["name"]}", policy => JsonNode.Parse((string)policy["policy"]!)!);
    }

    private async Task<AccessRecord> RecordAsync(AccessPolicies access, IReadOnlyDictionary<string, JsonNode> execution)
    {
        using var http = new HttpClient();
        using var decided = JsonDocument.Parse(await http.GetStringAsync(new Uri(_place.Sandbox().Url, "/_sandbox/authorizations")));

        // A pull request's runs are recorded on its machine only.
        var denied = decided.RootElement.EnumerateArray().Where(entry => entry.GetProperty("decision").GetString() != "allowed")
            .Select(entry => $"{entry.GetProperty("principal")} {entry.GetProperty("action")} {entry.GetProperty("resource")}");
        Assert.All(denied, entry => Assert.StartsWith($"{Roles}-plan s3:PutObject arn:aws:s3:::sandbox-terraform-state/runs/", entry, StringComparison.Ordinal));
        var attached = access.Attached.Append(KeyValuePair.Create($"{Name}-execution", (IReadOnlyList<string>)[.. execution.Keys]))
            .ToDictionary(role => role.Key[(Name.Length + 1)..], role => role.Value);
        return AccessRecord.Of(Name, access.Policies.Concat(execution).ToDictionary(), attached, decided.RootElement);
    }

    private static void AssertCurrent(AccessRecord record)
    {
        if (GeneratedPage.IsUpdated)
        {
            File.WriteAllText(AccessRecord.File, record.ToString());
        }

        Assert.Equal(AccessRecord.Read().Summary, record.Summary);
    }
}
