using BuildPipeline.Sweeps;

namespace BuildPipeline.Pipeline.Tests.Sweeps;

/// <summary>Which variants start, and that they never take more than was approved.</summary>
public sealed class SweepDecisionTests
{
    [Fact]
    public void Given_ANewSweep_When_Decided_Then_SoManyStartInTheOrderOfTheFile() =>
        Assert.Equal(["1", "2"], SweepDecision.Next([Waiting("1"), Waiting("2"), Waiting("3")], new Usd(3m), 2, [], []));

    [Fact]
    public void Given_AProcessThatTakesOver_When_Decided_Then_WhatRunsIsContinuedAndCountsForTheLimit() =>
        Assert.Equal(["2", "3", "4"], SweepDecision.Next([Ended("1", 0.5m), Running("2"), Running("3"), Waiting("4"), Waiting("5")], new Usd(5m), 3, [], []));

    [Fact]
    public void Given_ALowerLimitThanRuns_When_Decided_Then_AllThatRunsIsContinuedAndNothingStarts() =>
        Assert.Equal(["1", "2"], SweepDecision.Next([Running("1"), Running("2"), Waiting("3")], new Usd(3m), 1, [], []));

    [Fact]
    public void Given_AVariantThatWasLeftToALaterCall_When_Decided_Then_ItIsNotDrivenAgainAndItsJobCounts() =>
        Assert.Equal(["2"], SweepDecision.Next([Running("1"), Waiting("2"), Waiting("3")], new Usd(3m), 2, [], ["1"]));

    [Theory]
    [InlineData(1.0, true)]
    [InlineData(1.01, false)]
    public void Given_AVariantThatCostMoreThanItsCeiling_When_Decided_Then_NothingStartsThatTheRestDoesNotCover(double spent, bool starts) =>
        Assert.Equal(starts ? ["2"] : [], SweepDecision.Next([Ended("1", (decimal)spent), Waiting("2")], new Usd(2m), 4, [], []));

    [Fact]
    public void Given_AVariantOfUnknownCost_When_Decided_Then_ItsCeilingCounts() =>
        Assert.Empty(SweepDecision.Next([new("1", new Usd(1m), VariantState.Ended), Waiting("2")], new Usd(1.99m), 4, [], []));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Given_RandomCoursesWithKilledDrivers_When_Driven_Then_BilledAndSetAsideStayUnderTheCeilingAndNothingStartsTwice(bool overspends)
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var course = new Course([.. Enumerable.Range(1, random.Next(1, 12)).Select(number => new VariantProgress($"{number}", new Usd(random.Next(1, 500) / 100m), VariantState.Waiting))], random.Next(1, 6));
            for (var step = 0; step < 400 && !course.IsOver; step++)
            {
                course.Step(random, overspends);
            }

            Assert.True(overspends || course.IsOver, $"seed {seed}");
        }
    }

    private static VariantProgress Waiting(string id) => new(id, new Usd(1m), VariantState.Waiting);

    private static VariantProgress Running(string id) => new(id, new Usd(1m), VariantState.Running);

    private static VariantProgress Ended(string id, decimal spent) => new(id, new Usd(1m), VariantState.Ended, new Usd(spent));

    // Variants that are started, submit and end, and a driver that is killed now and then.
    private sealed class Course(VariantProgress[] variants, int parallel)
    {
        private readonly Usd _approved = SweepDecision.Sum(variants);
        private readonly HashSet<string> _driven = [];
        private readonly HashSet<string> _submitted = [];

        public bool IsOver => variants.All(variant => variant.State == VariantState.Ended);

        public void Step(Random random, bool overspends)
        {
            if (random.Next(10) == 0)
            {
                _driven.Clear();
            }

            var next = SweepDecision.Next(variants, _approved, parallel, _driven, []);
            var starts = next.Where(id => Find(id).State == VariantState.Waiting).ToList();
            _driven.UnionWith(next);
            var active = variants.Where(variant => variant.State == VariantState.Running || (variant.State == VariantState.Waiting && _driven.Contains(variant.RunId))).ToList();
            if (starts.Count > 0)
            {
                Assert.InRange(active.Count, 1, parallel);
                Assert.True(SweepDecision.Sum(variants.Where(variant => variant.State == VariantState.Ended).Concat(active)) <= _approved);
            }

            if (_driven.Count > 0)
            {
                Advance(_driven.ElementAt(random.Next(_driven.Count)), random, overspends);
            }
        }

        private void Advance(string id, Random random, bool overspends)
        {
            var variant = Find(id);
            if (variant.State == VariantState.Waiting)
            {
                Assert.True(_submitted.Add(id));
                variant = variant with { State = VariantState.Running };
            }
            else
            {
                var spent = variant.Ceiling * (overspends && random.Next(4) == 0 ? 1.5m : random.Next(0, 101) / 100m);
                variant = variant with { State = VariantState.Ended, Spent = random.Next(10) == 0 ? null : spent };
                _driven.Remove(id);
            }

            variants[Array.FindIndex(variants, known => known.RunId == id)] = variant;
        }

        private VariantProgress Find(string id) => variants.Single(variant => variant.RunId == id);
    }
}
