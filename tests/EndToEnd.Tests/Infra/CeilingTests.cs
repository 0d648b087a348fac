using BuildPipeline.Costing;
using BuildPipeline.Prices;
using BuildPipeline.Terraform;

namespace BuildPipeline.EndToEnd.Tests.Infra;

/// <summary>Terraform computes the ceiling in HCL and the gate in C#: from one plan, both get the same amount.</summary>
[Trait("Tier", "all")]
public sealed class CeilingTests(TerraformSandbox sandbox) : IClassFixture<TerraformSandbox>
{
    private const long Uploaded = 40L * 1024 * 1024 * 1024;

    [SkippableTheory]
    [InlineData("spot with a key")]
    [InlineData("on demand with volumes", "-var-file=examples/on-demand.tfvars", "-var=instance_type=ml.p3.2xlarge", "-var=instance_count=3", "-var=volume_size_gb=500", "-var=max_run_cost_usd=500")]
    [InlineData("many checkpoints", "-var=checkpoint_size_gb=40", "-var=checkpoint_interval_seconds=60", "-var=noncurrent_version_expiration_days=30", "-var=max_run_cost_usd=500")]
    [InlineData("own interval and few kept", "-var=checkpoint_size_gb=40", "-var=hyperparameters={checkpoint_interval_seconds=\"90\",keep_checkpoints=\"1\"}", "-var=max_run_cost_usd=500")]
    [InlineData("expiring runs", "-var=checkpoint_size_gb=40", "-var=run_expiration_days=90", "-var=max_run_cost_usd=500")]
    [InlineData("endpoints for a long wait and a given key", "-var=interface_endpoints=[\"logs\",\"ecr.dkr\"]", "-var=max_wait_seconds=2000000", "-var=kms_key_arn=arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555", "-var=max_run_cost_usd=500")]
    [InlineData("alarms, a dashboard and their key", "-var=max_wait_seconds=2000000", "-var=alarms={dashboard=true,gpu_percent=0}")]
    [InlineData("a keeper", "-var-file=examples/keeper.tfvars", "-var=max_wait_seconds=200000")]
    [InlineData("nothing written", "-var-file=examples/on-demand.tfvars", "-var=checkpoint_interval_seconds=0")]
    public async Task Given_AConfiguration_When_Priced_Then_TerraformAndTheGateHaveTheSameCeilingButForUploads(string name, params string[] options)
    {
        var folder = sandbox.Copy($"ceiling {name}");
        await folder.SucceedAsync("init", "-no-color");
        var json = await folder.PlanAsync(["-var-file=terraform.tfvars.example", "-var=enable_training_job=true", "-var=training_job_submitter=pipeline", .. options]);
        var (plan, job) = TerraformDocuments.ReadPlan(json.GetRawText(), folder.Write("plan", ""), DateTimeOffset.UnixEpoch);
        var book = new PriceBook();
        CostRecord Gate(long bytes) => new CostEstimator(book, TimeProvider.System).Estimate(job, plan, book.Snapshot(job.Region, job.InstanceType), bytes);

        var terraform = json.GetProperty("output_changes").GetProperty("ceiling_usd").GetProperty("after").GetDecimal();

        Assert.Equal(Gate(0).Ceiling!.Value.Amount, terraform);

        // Terraform knows no sizes of files, so their storage is the one thing that it leaves out.
        var (with, without) = (Gate(Uploaded), Gate(0));
        var upload = Assert.Single(with.Lines, line => !without.Lines.Any(other => other.Name == line.Name));
        Assert.InRange(with.Ceiling!.Value.Amount - upload.Ceiling!.Value.Amount, terraform - 0.01m, terraform + 0.01m);
    }
}
