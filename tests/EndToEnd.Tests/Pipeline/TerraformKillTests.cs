using System.Diagnostics;
using System.Text.Json;
using Amazon.S3.Model;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>Aimed kills: a fault holds terraform at a known moment, a signal ends it or the pipeline, and one relaunch has to be enough.</summary>
[Trait("Tier", "all")]
public sealed class TerraformKillTests : IAsyncLifetime
{
    private const string StateBucket = "sandbox-terraform-state";
    private const string Lock = "infra/terraform.tfstate.tflock";
    private const string Role = "module.execution_role.aws_iam_role.this: Creating...";

    private const string Rule = "aws_vpc_security_group_ingress_rule";
    private const string Association = "aws_route_table_association";

    private readonly Workplace _place = new();

    public Task InitializeAsync() => _place.HostSandboxAsync();

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [TerraformFact(needsBash: true)]
    public async Task Given_ACreatingApply_When_SigtermAndSigintEndIt_Then_ItsStateIsSavedAndOneLaunchContinues()
    {
        await SignalAsync("TERM", await HeldAsync(["aws_iam_role"], "drop_response", Role, "--target=Apply"));
        Assert.Empty(await LocksAsync());
        await SignalAsync("INT", await HeldAsync(["aws_cloudwatch_log_group"], "timeout", "aws_cloudwatch_log_group.training: Modifying...", "--target=Apply", "--var=training_log_retention_days=14"));
        Assert.Empty(await LocksAsync());

        (await _place.QuickAsync("--target=Launch", "--detach")).ShouldExitWith(75);

        Assert.Single(await _place.JobsAsync());
        Assert.Single(await ResourcesAsync("aws_iam_role"));
        Assert.Single(await ResourcesAsync("aws_vpc"));
    }

    [TerraformFact(needsBash: true)]
    public async Task Given_AKilledPlanAndAKilledApply_When_Relaunched_Then_TheLockIsNamedReleasedAndWhatWasCreatedIsAdopted()
    {
        // Killed alone, the pipeline leaves a terraform that ends in order by itself.
        var plan = await HeldAsync(["aws_caller_identity"], "timeout", "data.aws_caller_identity.current: Reading...", "--target=Plan");
        plan.Kill();
        await plan.WaitForExitAsync();
        await Eventually.HoldsAsync(async () => (await LocksAsync()).Count == 0);

        // Killed with terraform, it leaves the lock, and a network, a role, a rule and an association without a state.
        var apply = await HeldAtOnceAsync();
        apply.Kill(entireProcessTree: true);
        await apply.WaitForExitAsync();
        var id = JsonDocument.Parse(Assert.Single(await LocksAsync())).RootElement.GetProperty("ID").GetString()!;

        (await _place.QuickAsync("--target=Launch", "--detach")).ShouldExitWith(1, "BP1122").ShouldContain(id, $"--release-lock={id}");
        (await _place.QuickAsync("--target=Launch", "--detach", "--release-lock=none")).ShouldExitWith(2);
        (await _place.QuickAsync("--target=Launch", "--detach", $"--release-lock={id}")).ShouldExitWith(75).ShouldContain("aws_iam_role.this", Rule, Association);

        Assert.Single(await _place.JobsAsync());
        Assert.Single(await ResourcesAsync("aws_iam_role"));
        Assert.Single(await ResourcesAsync("aws_vpc"));
        Assert.Single(await ResourcesAsync(Rule));
        Assert.Equal((await ResourcesAsync("aws_subnet")).Count, (await ResourcesAsync(Association)).Count);
        Assert.Empty(await LocksAsync());
    }

    [TerraformFact(needsBash: true)]
    public async Task Given_AKilledFirstApply_When_CleanedUp_Then_WhatItCreatedIsRemoved()
    {
        var apply = await HeldAtOnceAsync();
        apply.Kill(entireProcessTree: true);
        await apply.WaitForExitAsync();
        var id = JsonDocument.Parse(Assert.Single(await LocksAsync())).RootElement.GetProperty("ID").GetString()!;
        Directory.Delete(Path.Combine(_place.ArtifactsFolder, "runs"), recursive: true); // as where the machine is lost
        Assert.NotEmpty(await ResourcesAsync("aws_vpc"));

        (await _place.QuickAsync("--target=Cleanup", $"--release-lock={id}")).ShouldExitWith(0);

        Assert.Empty(await ResourcesAsync("aws_vpc"));
        Assert.Empty(await ResourcesAsync("aws_iam_role"));
        Assert.Empty(await ResourcesAsync("aws_kms_key"));
        Assert.Empty(await ResourcesAsync(Rule));
        Assert.Empty(await ResourcesAsync(Association));
    }

    // An apply that waits for the answers of three resources, which exist, and has the answers of all others.
    private async Task<Process> HeldAtOnceAsync()
    {
        string[] held = ["aws_iam_role", Rule, Association];
        var apply = await HeldAsync(held, "drop_response", Role, "--target=Apply");
        var quiet = 0;
        await Eventually.HoldsAsync(async () =>
        {
            var lines = await File.ReadAllLinesAsync(_place.RunFile("terraform.log"));
            var unfinished = lines.Count(line => line.EndsWith(": Creating...", StringComparison.Ordinal)) - lines.Count(line => line.Contains(": Creation complete", StringComparison.Ordinal));
            quiet = unfinished == held.Length && await _place.FaultsAreMetAsync() ? quiet + 1 : 0;
            return quiet == 10;
        });
        return apply;
    }

    // The answer for a resource of each type is held; the log says when terraform waits for one of them.
    private async Task<Process> HeldAsync(string[] types, string kind, string line, params string[] options)
    {
        var latest = Path.Combine(_place.ArtifactsFolder, "runs", "latest");
        var before = File.Exists(latest) ? await File.ReadAllTextAsync(latest) : "";
        await _place.FaultsAsync([.. types.Select(type => new { service = "terraform", operation = type, kind })]);
        var process = _place.Start([Workplace.Quick, .. options]);
        await Eventually.HoldsAsync(async () => process.HasExited
            ? throw new InvalidOperationException((await Workplace.EndAsync(process)).Output)
            : File.Exists(latest) && await File.ReadAllTextAsync(latest) != before && File.Exists(_place.RunFile("terraform.log"))
                && (await File.ReadAllTextAsync(_place.RunFile("terraform.log"))).Contains(line, StringComparison.Ordinal));
        return process;
    }

    private async Task SignalAsync(string signal, Process process)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        try
        {
            (await Workplace.EndAsync(process)).ShouldExitWith(1).ShouldContain($"SIG{signal}", "--target=Apply");
        }
        catch (TimeoutException exception)
        {
            // Whether the signal reached terraform, and what it waits for, is in its own log only.
            throw new TimeoutException($"{exception.Message}\n{await File.ReadAllTextAsync(_place.RunFile("terraform.log"))}", exception);
        }
    }

    private async Task<IReadOnlyList<string>> LocksAsync()
    {
        using var s3 = _place.CreateS3();
        var found = await s3.ListObjectsV2Async(new() { BucketName = StateBucket, Prefix = Lock });
        var locks = new List<string>();
        foreach (var held in found.S3Objects ?? [])
        {
            try
            {
                using var answer = await s3.GetObjectAsync(StateBucket, held.Key);
                using var reader = new StreamReader(answer.ResponseStream);
                locks.Add(await reader.ReadToEndAsync());
            }
            catch (NoSuchKeyException)
            {
                // Released since it was listed.
            }
        }

        return locks;
    }

    private async Task<IReadOnlyList<string>> ResourcesAsync(string type) =>
    [
        .. (await _place.ResourcesAsync()).GetProperty("resources").EnumerateArray()
            .Where(resource => resource.GetProperty("type").GetString() == type).Select(resource => resource.GetProperty("id").GetString()!),
    ];
}
