using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Policies;

/// <summary>One operator, one key and the values that it is held against.</summary>
/// <param name="Tests">Of each value.</param>
internal sealed record PolicyCondition(PolicyOperator Operator, string Key, IReadOnlyList<string> Values, IReadOnlyList<ValueTest> Tests)
{
    /// <exception cref="PolicySyntaxException">The member has not the form of conditions.</exception>
    public static IReadOnlyList<PolicyCondition> Parse(JsonNode? node, bool hasVariables) => node switch
    {
        null => [],
        JsonObject operators => [.. operators.SelectMany(entry => entry.Value is JsonObject keys
            ? keys.Select(key => Parse(PolicyOperator.Parse(entry.Key), key.Key, key.Value, hasVariables))
            : throw new PolicySyntaxException($"Syntax errors in policy: the value of {entry.Key} is not valid."))],
        _ => throw new PolicySyntaxException("Syntax errors in policy: the value of Condition is not valid."),
    };

    /// <param name="values">Of all keys of the request: the condition's own, and those of its variables.</param>
    public bool Holds(PolicyValues values)
    {
        var actual = values(Key);
        if (Operator.IsNull)
        {
            return Fits(actual.Count == 0 ? "true" : "false", values);
        }

        if (actual.Count == 0)
        {
            return Operator.IfExists || (Operator.Set == ValueSet.One ? Operator.IsNegated : Operator.Set == ValueSet.All);
        }

        bool HoldsFor(string value) => Fits(value, values) != Operator.IsNegated;
        return Operator.Set switch
        {
            // One empty text is as good as no value.
            ValueSet.All => actual is [""] || actual.All(HoldsFor),
            ValueSet.Any => actual.Any(HoldsFor),
            _ => Operator.IsNegated ? actual.All(HoldsFor) : actual.Any(HoldsFor),
        };
    }

    private static PolicyCondition Parse(PolicyOperator name, string key, JsonNode? node, bool hasVariables)
    {
        if (key.Split(':') is not [{ Length: > 0 }, { Length: > 0 }, ..])
        {
            throw new PolicySyntaxException($"Invalid condition key '{key}': keys are prefaced by a service, for example aws:SourceArn.");
        }

        var wanted = PolicyJson.Texts(node, key);
        return new PolicyCondition(name, key, wanted, [.. wanted.Select(value => name.Compile(value, hasVariables))]);
    }

    private bool Fits(string actual, PolicyValues values) => Tests.Any(test => test(actual, values));
}
