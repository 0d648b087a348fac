using System.Text.Json.Nodes;
using BuildPipeline.Access;

namespace BuildPipeline.Pipeline.Tests.Access;

/// <summary>The policies of an environment's roles are as narrow as IAM lets them be. The page of permissions is written from them.</summary>
public sealed class AccessPolicyTests
{
    // IAM knows no resource, or no resource of this account, for these.
    private static readonly string[] WithoutResource =
    [
        "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "cloudwatch:PutCompositeAlarm", "cloudwatch:PutMetricData", "ecr:GetAuthorizationToken", "kms:CreateKey", "kms:ListAliases", "sagemaker:ListTrainingJobs",
        "servicequotas:ListServiceQuotas", "sns:GetSubscriptionAttributes", "sns:Unsubscribe",
    ];

    private static readonly AccessPolicies Access = AccessPolicies.Read();

    private static readonly AccessRecord Record = AccessRecord.Read();

    private static string Page => Path.Combine(Repository.Root, "docs", "reference", "permissions.md");

    private static IEnumerable<(string Policy, JsonNode Statement)> Grants => Access.Policies
        .SelectMany(policy => AccessPolicies.Statements(policy.Value).Select(statement => (policy.Key, statement)))
        .Where(grant => grant.statement["Effect"]!.ToString() == "Allow");

    [Fact]
    public void Given_ThePolicies_When_TheirActionsAreRead_Then_EachIsNamedInFull() =>
        Assert.All(Grants.SelectMany(grant => AccessPolicies.Texts(grant.Statement, "Action")), action => Assert.Matches("^[a-z0-9]+:[A-Z][A-Za-z0-9]+$", action));

    [Fact]
    public void Given_ThePolicies_When_TheirResourcesAreRead_Then_AllOfAServiceIsMeantOnlyWhereIamHasNothingNarrower()
    {
        var wide = Grants.Where(grant => AccessPolicies.Texts(grant.Statement, "Resource").Contains("*")).SelectMany(grant => AccessPolicies.Texts(grant.Statement, "Action"))
            .Where(action => !action.StartsWith("ec2:Describe", StringComparison.Ordinal)).Distinct();

        Assert.Equal(WithoutResource, wide.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Given_ResourcesOfAnyName_When_TheyMayBeChanged_Then_TheirTagsOrTheirUseSayWhose()
    {
        var open = Grants.Where(grant => grant.Policy != $"{AccessPolicies.Name}-boundary" && grant.Statement["Condition"] is null
            && AccessPolicies.Texts(grant.Statement, "Resource").Any(resource => resource.Contains(":ec2:", StringComparison.Ordinal) || resource.EndsWith(":key/*", StringComparison.Ordinal)));

        Assert.Empty(open.Select(grant => grant.Statement["Sid"]!.ToString()));
    }

    [Fact]
    public void Given_ThePolicies_When_Measured_Then_IamTakesThem()
    {
        Assert.All(Access.Policies.Values, document => Assert.InRange(document.ToJsonString().Length, 1, 6144));
        Assert.All(Access.Trust.Values, document => Assert.InRange(document.ToJsonString().Length, 1, 2048));
        Assert.All(Access.Attached.Values, policies => Assert.InRange(policies.Count, 1, 10));
    }

    [Fact]
    public void Given_ThePolicies_When_ThePageOfReferenceIsRead_Then_ItHasEachActionAndWhatItIsFor() => GeneratedPage.AssertCurrent(Page, PageText());

    /// <summary>Who asked for it, in the record; otherwise when it is needed.</summary>
    private static IEnumerable<string> NeededFor(string action)
    {
        var recorded = Record.Requests.Where(request => request.Action.Equals(action, StringComparison.OrdinalIgnoreCase))
            .Select(request => request.For ?? (request.Role == "execution" ? "training" : "the pipeline")).Distinct().ToList();
        var read = recorded.Where(reason => reason.StartsWith("reading ", StringComparison.Ordinal)).Select(reason => reason.Split(' ')[^1]).ToHashSet();
        string[] needed = [.. recorded.Where(reason => reason.StartsWith("reading ", StringComparison.Ordinal) || !read.Contains(reason.Split(' ')[^1])).Order(StringComparer.Ordinal)];
        string[] reasons = [.. UnrecordedActions.Reasons.Where(reason => reason.Key.Action == action).Select(reason => reason.Value).Distinct()];
        return needed.Length > 0 ? needed : reasons.Length > 0 ? reasons : [UnrecordedActions.Features[action]];
    }

    private static string PageText()
    {
        var roles = Access.Attached.SelectMany(role => role.Value.Select(policy => (Policy: policy, Role: role.Key[(AccessPolicies.Name.Length + 1)..])))
            .Append((Policy: $"{AccessPolicies.Name}-boundary", Role: "execution")).ToLookup(pair => pair.Policy, pair => pair.Role);
        var rows = Grants.SelectMany(grant => AccessPolicies.Texts(grant.Statement, "Action").Select(action => (Action: action, Sid: grant.Statement["Sid"]!.ToString(), grant.Policy)))
            .GroupBy(row => row.Action).OrderBy(row => row.Key, StringComparer.Ordinal)
            .Select(row => $"| `{row.Key}` | {string.Join("; ", row.Select(use => $"{use.Sid} ({string.Join(", ", roles[use.Policy].Order(StringComparer.Ordinal))})"))} | {string.Join(", ", NeededFor(row.Key))} |");
        return $"""
            {GeneratedPage.Mark}
            # Permissions

            Every action that a role of [infra/access](../security.md#roles) may use, with the statements that allow it and the roles that have them. Resources and conditions are in the statements, in [infra/modules/access](../../infra/modules/access). Those of the execution role are the most that its permissions boundary allows. This is an environment with everything: alarms, its own network and log group, cleanup of artifacts.

            What an action is needed for is from the record of an environment that was planned, applied, changed, used, frozen and destroyed in the sandbox, each as its role. A test takes each action from each statement and has a recorded request denied.

            | Action | Statements (roles) | Needed for |
            |---|---|---|
            {string.Join('\n', rows)}
            """;
    }
}
