using System.Globalization;
using System.Text.RegularExpressions;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Costing;

/// <summary>What the example values say about themselves.</summary>
public sealed partial class ExampleCostTests
{
    private static readonly string Infra = Path.Combine(Repository.Root, "infra");

    [Theory]
    [InlineData("examples/pytorch-cpu.tfvars")]
    [InlineData("examples/llama-lora-g5.tfvars")]
    [InlineData("examples/full-finetune-p4d.tfvars")]
    public void Given_AnExample_When_Estimated_Then_ItsFiguresAreThoseOfItsComment(string file)
    {
        var text = File.ReadAllText(Path.Combine(Infra, file));
        var book = new PriceBook();
        var job = JobOf(file);

        var cost = new CostEstimator(book, new FakeTimeProvider(Sample.Noon)).Estimate(
            job,
            Sample.Plan with { MaxRunCostUsd = new Usd(Number(ValuesOf(file), "max_run_cost_usd")), Resources = [Sample.Lifecycle(), Sample.Resource("aws_kms_key", "create", new { })] },
            book.Snapshot(job.Region, job.InstanceType));

        Assert.Equal(GateVerdict.NeedsApproval, cost.Verdict);
        var figures = $"expected {cost.Expected}, p90 {cost.P90}, ceiling {cost.Ceiling}";
        Assert.True(text.Contains(figures, StringComparison.Ordinal), figures);
        Assert.Contains("price table of 2026-11-23", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("examples/pytorch-cpu.tfvars")]
    [InlineData("examples/llama-lora-g5.tfvars")]
    [InlineData("examples/full-finetune-p4d.tfvars")]
    public void Given_AnExample_When_Read_Then_TheTrainingProgramKnowsEveryHyperparameter(string file)
    {
        var known = Setting().Matches(File.ReadAllText(Path.Combine(Repository.Root, "training", "settings.py"))).Select(match => match.Groups[1].Value).ToHashSet();
        var block = HyperparameterBlock().Match(File.ReadAllText(Path.Combine(Infra, file))).Value;

        Assert.NotEmpty(QuotedValue().Matches(block));
        Assert.All(QuotedValue().Matches(block), name => Assert.Contains(name.Groups[1].Value, known));
    }

    // The examples are laid over the sandbox's values.
    private static Dictionary<string, string> ValuesOf(string file)
    {
        var values = new Dictionary<string, string>();
        foreach (var name in new[] { "environments/sandbox.tfvars", file })
        {
            foreach (Match match in TopLevelValue().Matches(File.ReadAllText(Path.Combine(Infra, name))))
            {
                values[match.Groups[1].Value] = match.Groups[2].Value.Trim('"');
            }
        }

        return values;
    }

    private static TrainingJobSpec JobOf(string file)
    {
        var values = ValuesOf(file);
        return Sample.Job with
        {
            InstanceType = values["instance_type"],
            InstanceCount = (int)Number(values, "instance_count"),
            MaxRuntimeSeconds = (int)Number(values, "max_runtime_seconds"),
            MaxWaitSeconds = (int)Number(values, "max_wait_seconds"),
            CheckpointIntervalSeconds = (int)Number(values, "checkpoint_interval_seconds"),
            CheckpointSizeGb = Number(values, "checkpoint_size_gb"),
            ExpectedRuntimeSeconds = values.ContainsKey("expected_runtime_seconds") ? (int)Number(values, "expected_runtime_seconds") : null,
        };
    }

    private static decimal Number(Dictionary<string, string> values, string name) => decimal.Parse(values[name], CultureInfo.InvariantCulture);

    [GeneratedRegex("""^(\w+) *= *("[^"]*"|[0-9.]+)""", RegexOptions.Multiline)]
    private static partial Regex TopLevelValue();

    [GeneratedRegex("""^hyperparameters = \{.*?^\}""", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex HyperparameterBlock();

    [GeneratedRegex("""^ +(\w+) *= *"[^"]*" *(?:#.*)?$""", RegexOptions.Multiline)]
    private static partial Regex QuotedValue();

    [GeneratedRegex("""Setting\("(\w+)",""")]
    private static partial Regex Setting();
}
