using System.Text.RegularExpressions;

namespace BuildPipeline.EndToEnd.Tests.Workflows;

/// <summary>Expressions of Actions, as far as the project's workflows use them: names, texts, <c>! == != &amp;&amp; ||</c>, and a few functions. All values are texts, and the empty one is false.</summary>
public sealed partial class Expression
{
    private const string True = "true";

    private readonly List<string> _tokens;
    private readonly IReadOnlyDictionary<string, string> _values;
    private int _next;

    private Expression(string text, IReadOnlyDictionary<string, string> values)
    {
        _tokens = [.. TokenPattern().Matches(text).Select(match => match.Value)];
        _values = values;
    }

    /// <summary>Puts values in for each <c>${{ … }}</c> of a text. A name without a value is empty, as on GitHub.</summary>
    public static string Expand(string text, IReadOnlyDictionary<string, string> values) =>
        PlacePattern().Replace(text, match => Evaluate(match.Groups[1].Value, values));

    /// <summary>Whether an <c>if:</c> lets its step or job run after no earlier one has failed.</summary>
    public static bool Allows(string? condition, IReadOnlyDictionary<string, string> values) =>
        condition is null || Expand(condition.Contains("${{", StringComparison.Ordinal) ? condition : $"${{{{ {condition} }}}}", values) is not ("" or "false");

    private static string Evaluate(string text, IReadOnlyDictionary<string, string> values)
    {
        var expression = new Expression(text, values);
        var value = expression.Or();
        Assert.Equal(expression._tokens.Count, expression._next);
        return value;
    }

    private string Or()
    {
        var value = And();
        while (Take("||"))
        {
            var other = And();
            value = IsTrue(value) ? value : other;
        }

        return value;
    }

    private string And()
    {
        var value = Comparison();
        while (Take("&&"))
        {
            var other = Comparison();
            value = IsTrue(value) ? other : value;
        }

        return value;
    }

    private string Comparison()
    {
        var value = Operand();
        return Take("==") ? Text(value == Operand()) : Take("!=") ? Text(value != Operand()) : value;
    }

    private string Operand()
    {
        if (Take("!"))
        {
            return Text(!IsTrue(Operand()));
        }

        var token = _tokens[_next++];
        return token[0] == '\'' ? token[1..^1] : Take("(") ? Call(token) : _values.GetValueOrDefault(token, "");
    }

    private string Call(string function)
    {
        var arguments = new List<string>();
        while (!Take(")"))
        {
            arguments.Add(Or());
            Take(",");
        }

        return function switch
        {
            "always" => True,
            "cancelled" => "false",
            "startsWith" => Text(arguments[0].StartsWith(arguments[1], StringComparison.OrdinalIgnoreCase)),
            _ => throw new NotSupportedException(function),
        };
    }

    private bool Take(string token)
    {
        var isNext = _next < _tokens.Count && _tokens[_next] == token;
        _next += isNext ? 1 : 0;
        return isNext;
    }

    private static bool IsTrue(string value) => value is not ("" or "false");

    private static string Text(bool value) => value ? True : "false";

    [GeneratedRegex(@"\$\{\{\s*(.+?)\s*\}\}")]
    private static partial Regex PlacePattern();

    [GeneratedRegex(@"'[^']*'|&&|\|\||==|!=|[!(),]|[\w.-]+")]
    private static partial Regex TokenPattern();
}
