namespace BuildPipeline.Sweeps;

/// <summary>Decides which variants are driven next.</summary>
public static class SweepDecision
{
    /// <summary>The runs to drive now, in order: first those whose jobs run, then those to start, as far as the limits allow.</summary>
    /// <remarks>
    /// What has been billed and the ceilings of what runs and of what is returned never exceed the approved ceiling. Variants start in the order of
    /// the file, so a process that takes over finds those that another one was about to start at the front.
    /// </remarks>
    /// <param name="variants">All variants of the sweep, in the order of the file.</param>
    /// <param name="approved">The approved ceiling, dollars.</param>
    /// <param name="parallel">How many may be driven or run at once.</param>
    /// <param name="driven">Runs that are being driven.</param>
    /// <param name="done">Runs that are not driven again by this process.</param>
    public static IReadOnlyList<string> Next(IReadOnlyList<VariantProgress> variants, Usd approved, int parallel, IReadOnlyCollection<string> driven, IReadOnlyCollection<string> done)
    {
        var active = variants.Where(variant => IsActive(variant, driven)).ToList();
        List<string> next = [.. active.Where(variant => !driven.Contains(variant.RunId) && !done.Contains(variant.RunId)).Select(variant => variant.RunId)];
        var committed = Sum(variants.Where(variant => variant.State == VariantState.Ended).Concat(active));
        var slots = parallel - active.Count;
        foreach (var variant in variants.Where(variant => variant.State == VariantState.Waiting && !IsActive(variant, driven) && !done.Contains(variant.RunId)))
        {
            if (slots <= 0 || committed + variant.Ceiling > approved)
            {
                break;
            }

            next.Add(variant.RunId);
            committed += variant.Ceiling;
            slots--;
        }

        return next;
    }

    /// <summary>What has been billed, and the ceilings of what runs and of what is to start, dollars.</summary>
    public static Usd Sum(IEnumerable<VariantProgress> variants) => variants.Aggregate(Usd.Zero, (sum, variant) => sum + variant.Committed);

    // A run that is driven may submit at any moment.
    private static bool IsActive(VariantProgress variant, IReadOnlyCollection<string> driven) =>
        variant.State == VariantState.Running || (variant.State == VariantState.Waiting && driven.Contains(variant.RunId));
}
