namespace BuildPipeline.Sandbox.Models;

/// <summary>AWS's sentences on what a value fails to be.</summary>
internal static class Constraints
{
    public const string NotNull = "Member must not be null";

    public static IEnumerable<string> Violated(this Shape shape, string text)
    {
        foreach (var complaint in shape.ViolatedByLength(text.Length))
        {
            yield return complaint;
        }

        if (!shape.Matches(text))
        {
            yield return $"Member must satisfy regular expression pattern: {shape.Pattern}";
        }

        if (shape.Enum?.Contains(text) == false)
        {
            yield return $"Member must satisfy enum value set: [{string.Join(", ", shape.Enum)}]";
        }
    }

    public static IEnumerable<string> Violated(this Shape shape, double number) => OutOfRange(shape, number, "value");

    /// <param name="length">Characters of a text, or items of a list or map.</param>
    public static IEnumerable<string> ViolatedByLength(this Shape shape, int length) => OutOfRange(shape, length, "length");

    private static IEnumerable<string> OutOfRange(Shape shape, double measure, string what)
    {
        if (measure > shape.Max)
        {
            yield return $"Member must have {what} less than or equal to {shape.Max}";
        }

        if (measure < shape.Min)
        {
            yield return $"Member must have {what} greater than or equal to {shape.Min}";
        }
    }
}
