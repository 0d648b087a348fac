namespace BuildPipeline.Sandbox.Budgets;

/// <summary>The filters of budgets that are evaluated: tags, and the one service that charges here.</summary>
internal static class BudgetFilters
{
    private const string Tag = "TagKeyValue";
    private const string Service = "Service";

    private static readonly string[] SageMaker = ["Amazon SageMaker", "Amazon SageMaker AI"];

    /// <summary>What is wrong with a filter, or not emulated of it.</summary>
    /// <returns>Null if nothing is.</returns>
    public static string? FaultOf(string name, IReadOnlyList<string> values) => name switch
    {
        Service => null,
        Tag => values.FirstOrDefault(value => !value.StartsWith("user:", StringComparison.Ordinal) || !value.Contains('$', StringComparison.Ordinal)) is { } strange
            ? $"The value '{strange}' of the filter {Tag} must be user:KEY$VALUE."
            : null,
        _ => $"The sandbox does not emulate the filter '{name}' of budgets, it has {Service}, {Tag}.",
    };

    public static bool Fits(string name, string value, Charge charge) => name == Service
        ? SageMaker.Contains(value)
        : value["user:".Length..].Split('$', 2) is [var key, var wanted] && charge.Tags.GetValueOrDefault(key) == wanted;
}
