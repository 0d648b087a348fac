using BuildPipeline.Sandbox.Policies;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace BuildPipeline.Sandbox.Tests.Policies;

/// <summary>What holds for every set of policies.</summary>
[Properties(Arbitrary = [typeof(Policies)])]
public sealed class PolicyLawTests
{
    private static readonly PolicyStatement DenyAll = Statement("{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}");
    private static readonly PolicyStatement AllowAll = Statement("{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}");

    [Property]
    public bool A_deny_wins_over_every_set_of_allows(Example example) =>
        PolicyEvaluator.Decide(example.Request, Set([.. example.Statements, DenyAll])) is { IsAllowed: false, IsExplicit: true };

    [Property]
    public bool One_more_allow_takes_nothing_away(Example example, ExtraGrant more) =>
        !PolicyEvaluator.Decide(example.Request, Set(example.Statements)).IsAllowed
        || PolicyEvaluator.Decide(example.Request, Set([.. example.Statements, more.Statement])).IsAllowed;

    [Property]
    public bool One_more_deny_gives_nothing(Example example, ExtraGrant more) =>
        PolicyEvaluator.Decide(example.Request, Set(example.Statements)).IsAllowed
        || !PolicyEvaluator.Decide(example.Request, Set([.. example.Statements, more.Statement with { IsDenial = true }])).IsAllowed;

    [Property]
    public bool The_order_of_statements_has_no_meaning(Example example) =>
        PolicyEvaluator.Decide(example.Request, Set(example.Statements)) == PolicyEvaluator.Decide(example.Request, Set([.. example.Statements.Reverse()]));

    [Property]
    public bool Whether_statements_are_in_one_policy_or_several_has_no_meaning(Example example) =>
        PolicyEvaluator.Decide(example.Request, Set(example.Statements))
        == PolicyEvaluator.Decide(example.Request, new PolicySet([.. example.Statements.Select(statement => new PolicyDocument(PolicyKind.Identity, [statement]))]));

    [Property]
    public bool A_boundary_gives_nothing_and_one_of_everything_takes_nothing(Example example, ExtraGrant boundary)
    {
        var without = PolicyEvaluator.Decide(example.Request, Set(example.Statements));
        var within = Set(example.Statements) with { Boundary = new PolicyDocument(PolicyKind.Boundary, [boundary.Statement]) };
        return (without.IsAllowed || !PolicyEvaluator.Decide(example.Request, within).IsAllowed)
            && without == PolicyEvaluator.Decide(example.Request, within with { Boundary = new PolicyDocument(PolicyKind.Boundary, [AllowAll]) });
    }

    [Property]
    public bool Exactly_one_of_Null_true_and_false_holds(Example example) =>
        Holds("Null", "true", example) != Holds("Null", "false", example);

    [Property]
    public bool IfExists_is_the_operator_or_the_absence_of_the_key(Example example) => Operators.All(name =>
        Holds(name + "IfExists", "blue", example) == (Holds("Null", "true", example) || Holds(name, "blue", example)));

    [Property]
    public bool ForAllValues_is_the_negation_of_ForAnyValue_of_the_negation(Example example) =>
        Holds("ForAllValues:StringLike", "b*", example) != Holds("ForAnyValue:StringNotLike", "b*", example);

    private static readonly string[] Operators =
        ["StringEquals", "StringNotEquals", "StringLike", "ForAllValues:StringEquals", "ForAnyValue:StringEquals", "ForAnyValue:StringNotLike"];

    private static bool Holds(string name, string value, Example example) => PolicyCondition
        .Parse(new System.Text.Json.Nodes.JsonObject { [name] = new System.Text.Json.Nodes.JsonObject { [Policies.Key] = value } }, hasVariables: true)
        .Single().Holds(example.Request.Values);

    private static PolicySet Set(IReadOnlyList<PolicyStatement> statements) => new([new PolicyDocument(PolicyKind.Identity, statements)]);

    private static PolicyStatement Statement(string text) =>
        PolicyStatement.Parse(System.Text.Json.Nodes.JsonNode.Parse(text), PolicyKind.Identity, hasVariables: true);

    public sealed record Example
    {
        internal IReadOnlyList<PolicyStatement> Statements { get; init; } = [];

        internal PolicyRequest Request { get; init; } = null!;
    }

    public sealed record ExtraGrant
    {
        internal PolicyStatement Statement { get; init; } = null!;
    }

    public static class Policies
    {
        public const string Key = "aws:TagKeys";

        private static readonly string[] Conditions =
        [
            "", $",\"Condition\":{{\"StringEquals\":{{\"{Key}\":\"blue\"}}}}", $",\"Condition\":{{\"ForAllValues:StringLike\":{{\"{Key}\":\"b*\"}}}}",
            $",\"Condition\":{{\"Null\":{{\"{Key}\":\"true\"}}}}", $",\"Condition\":{{\"StringNotEqualsIfExists\":{{\"{Key}\":[\"red\",\"blue\"]}}}}",
        ];

        public static Arbitrary<Example> Examples() => (
            from statements in Gen.ListOf(Gen.OneOf(One("Allow"), One("Allow"), One("Deny")))
            from request in Requests
            select new Example { Statements = [.. statements], Request = request }).ToArbitrary();

        public static Arbitrary<ExtraGrant> ExtraGrants() => One("Allow").Select(statement => new ExtraGrant { Statement = statement }).ToArbitrary();

        private static Gen<PolicyRequest> Requests =>
            from action in Gen.Elements("s3:GetObject", "s3:PutObject", "sts:AssumeRole")
            from resource in Gen.Elements("arn:aws:s3:::a/x", "arn:aws:s3:::b", "*")
            from tags in Gen.ListOf(Gen.Elements("blue", "red", "black"))
            select new PolicyRequest(
                action, resource, new PolicyPrincipal("AWS", PolicyCase.Session, PolicyCase.Account, PolicyCase.Role),
                PolicyCase.ValuesOf([.. tags.Select(tag => $"{Key}={tag}")]));

        private static Gen<PolicyStatement> One(string effect) =>
            from action in Gen.Elements("\"Action\":\"s3:*\"", "\"Action\":\"s3:Get*\"", "\"NotAction\":\"sts:*\"", "\"Action\":\"*\"")
            from resource in Gen.Elements("\"Resource\":\"*\"", "\"Resource\":\"arn:aws:s3:::a/*\"", "\"NotResource\":\"arn:aws:s3:::b\"")
            from condition in Gen.Elements(Conditions)
            select Statement($"{{\"Effect\":\"{effect}\",{action},{resource}{condition}}}");
    }
}
