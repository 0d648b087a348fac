using BuildPipeline.Approvals;
using BuildPipeline.Budgets;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using BuildPipeline.Sweeps;

namespace BuildPipeline.Pipeline.Tests.Sweeps;

/// <summary>What one approval of several variants covers, and what is refused before anybody is asked.</summary>
public sealed class SweepApprovalsTests
{
    [Fact]
    public void Given_PricedVariants_When_PutUpForApproval_Then_TheSumOfTheirCeilingsIsAskedUntilTheFirstExpires()
    {
        var subject = Samples.Sweep(3).Subject!;

        Assert.Equal(Sample.Subject.Ceiling * 3, subject.Ceiling);
        Assert.Equal(Sample.Subject.ExpiresAt, subject.ExpiresAt);
        Assert.Equal(3, subject.Variants.DistinctBy(part => part.Digest).Count());
    }

    [Fact]
    public void Given_AnApprovedSweep_When_AVariantIsApproved_Then_ItsOwnDigestAndThatOfTheSweepAreRecorded()
    {
        var sweep = Samples.Approved(2);
        var run = Samples.RunOf(sweep.Variants[1].RunId);

        var approval = SweepApprovals.Of(sweep, run);

        Assert.Equal((ApprovalDigest.Compute(run.Subject!), sweep.Approval!.Digest, sweep.Subject!.Ceiling), (approval.Digest, approval.Sweep!.Digest, approval.Sweep.Ceiling));
        ApprovalService.Verify(approval, run.Subject!);
    }

    public static TheoryData<string> Uncovered => ["price", "run", "subject", "stopped", "unapproved"];

    [Theory]
    [MemberData(nameof(Uncovered))]
    public void Given_WhatTheApprovalDoesNotCover_When_AVariantIsApproved_Then_ItIsRefused(string what)
    {
        var sweep = Samples.Approved(2);
        var run = Samples.RunOf(what == "run" ? "20260131-120000-ffff" : sweep.Variants[0].RunId);
        run = what == "price" ? run with { Subject = run.Subject! with { Ceiling = new Usd(99m) } } : run;
        sweep = what switch
        {
            "subject" => sweep with { Subject = sweep.Subject! with { Ceiling = new Usd(99m) } },
            "stopped" => sweep with { StoppedAt = Sample.Noon },
            "unapproved" => sweep with { Approval = null },
            _ => sweep,
        };

        Assert.Equal(what == "unapproved" ? ApprovalErrors.Missing : ApprovalErrors.Void, Assert.Throws<PipelineException>(() => SweepApprovals.Of(sweep, run)).Code);
    }

    [Fact]
    public void Given_AVariantThatChangesMoreThanTheJob_When_Checked_Then_ItIsNamedWithWhatItChanges()
    {
        var sweep = Samples.Sweep(2);
        RunRecord[] runs = [TestRuns.Run with { Plan = Sample.Plan }, TestRuns.Run with { Plan = Sample.Plan with { MaxRunCostUsd = new Usd(99m) } }];

        var refusal = Assert.Throws<PipelineException>(() => SweepGate.RequireSameInfrastructure(sweep, runs));

        Assert.Equal(SweepErrors.ChangesInfrastructure, refusal.Code);
        Assert.Contains("Variant 2 (hyperparameters.seed=2)", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("cost_policy", refusal.Message, StringComparison.Ordinal);
        SweepGate.RequireSameInfrastructure(sweep, [runs[0], runs[0]]);
    }

    [Fact]
    public void Given_AResourceThatOnlyAVariantHas_When_Checked_Then_ItIsRefusedWhicheverComesFirst()
    {
        var more = Sample.Plan with { Resources = [.. Sample.Plan.Resources, Sample.Resource("aws_kms_key", "no-op", new { })] };
        RunRecord[] runs = [TestRuns.Run with { Plan = Sample.Plan }, TestRuns.Run with { Plan = more }];

        Assert.All([runs, [runs[1], runs[0]]], order => Assert.Equal(SweepErrors.ChangesInfrastructure, Assert.Throws<PipelineException>(() => SweepGate.RequireSameInfrastructure(Samples.Sweep(2), order)).Code));
    }

    [Theory]
    [InlineData(10, 100, 8, null)]
    [InlineData(9.99, 100, 8, "BP1244")]
    [InlineData(10, 4.89, 8, "BP1246")]
    [InlineData(10, 100, 7, "BP1247")]
    public void Given_ATeamsLimits_When_TheVariantsAreJudgedTogether_Then_TheirSumAndThoseThatRunAtOnceCount(double usd, double hours, int nodes, string? error)
    {
        var limits = new TeamLimits { UsdPerMonth = new Usd((decimal)usd), GpuHoursPerMonth = (decimal)hours, MaxNodes = nodes };
        var cost = TestRuns.Run.Cost! with
        {
            Team = new("research", limits, "2026-01", new(new Usd(1m), 0.5m, 0), new(new Usd(1m), 0.4m, 4), new(new Usd(2m), 1m, 2)),
        };

        var refusals = SweepGate.Refusals([cost, cost, cost, cost], parallel: 2).ToList();

        Assert.Equal(error is null ? [] : [error], refusals.Select(refusal => refusal.Split(' ')[0]));
    }

    [Fact]
    public void Given_AQuotaOfAllJobs_When_TooManyWouldRunAtOnce_Then_TheNumberThatFitsIsNamed()
    {
        var cost = TestRuns.Run.Cost! with { Quotas = [new("Longest run time for a training job", 3600, 3600), new("ml.g5.xlarge for spot training job usage", 5, 2)] };

        Assert.Null(SweepGate.QuotaShortfallMessage([cost, cost, cost], parallel: 2));
        Assert.Contains("--parallel=2", SweepGate.QuotaShortfallMessage([cost, cost, cost], parallel: 3), StringComparison.Ordinal);
    }
}
