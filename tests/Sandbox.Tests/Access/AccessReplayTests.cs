using System.Text.Json.Nodes;
using BuildPipeline.Access;
using BuildPipeline.Sandbox.Policies;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Tests.Access;

/// <summary>
/// What the roles of an environment asked for while all was done with it is decided again, by policies that lack one action: each action is there
/// because a request needs it, or for a reason that is written down.
/// </summary>
public sealed class AccessReplayTests
{
    private const string Account = "000000000000";
    private const string Execution = "execution";

    private static readonly AccessRecord Record = AccessRecord.Read();

    private static readonly ILookup<string, Statement> Statements = Record.Attached
        .SelectMany(role => role.Value, (role, policy) => (role.Key, policy))
        .SelectMany(pair => AccessPolicies.Statements(Record.Policies[pair.policy]).Select(statement => (pair.Key, Statement: Statement.Of(statement))))
        .ToLookup(pair => pair.Key, pair => pair.Statement);

    private static readonly PolicyDocument Boundary = PolicyDocument.Parse(Record.Policies[$"{Record.Name}-boundary"].ToJsonString(), PolicyKind.Boundary);

    /// <summary>Each action of each statement of each role that a request needs.</summary>
    public static IEnumerable<object[]> Needed => Grants()
        .Where(grant => !UnrecordedActions.Reasons.ContainsKey((grant.Role, grant.Statement.Sid, grant.Action)))
        .Select(grant => (grant.Role, grant.Statement.Sid, grant.Action)).Distinct()
        .Select(grant => new object[] { grant.Role, grant.Sid, grant.Action });

    [Theory]
    [MemberData(nameof(Needed))]
    public void Given_an_action_of_a_role_When_it_is_taken_away_Then_a_recorded_request_is_denied(string role, string statement, string action) =>
        Assert.True(IsNeeded(role, statement, action), $"No recorded request needs {action} of {statement}: take it out of infra/modules/access, or say when it is needed in UnrecordedActions.");

    [Fact]
    public void Given_the_recorded_requests_When_decided_by_the_recorded_policies_Then_all_are_allowed()
    {
        Assert.Empty(Record.Requests.Where(request => !IsAllowed(request, Statements[request.Role])).Select(request => $"{request.Role} {request.Action} {request.Resource}"));
        Assert.All(["plan", "launch", "cleanup", "freeze", Execution], role => Assert.Contains(Record.Requests, request => request.Role == role));
    }

    [Fact]
    public void Given_the_reasons_When_held_against_the_record_Then_each_is_of_an_action_that_no_request_needs()
    {
        var grants = Grants().Where(grant => UnrecordedActions.Reasons.ContainsKey((grant.Role, grant.Statement.Sid, grant.Action))).ToList();

        Assert.Empty(UnrecordedActions.Reasons.Keys.Except(grants.Select(grant => (grant.Role, grant.Statement.Sid, grant.Action))));
        Assert.Empty(grants.Where(grant => IsNeeded(grant.Role, grant.Statement.Sid, grant.Action)).Select(grant => (grant.Role, grant.Statement.Sid, grant.Action)));
    }

    private static bool IsNeeded(string role, string statement, string action)
    {
        var without = Statements[role].Select(other => other.Sid == statement ? other.Without(action) : other).OfType<Statement>().ToList();
        return Record.Requests.Any(request => request.Role == role && request.Action.Equals(action, StringComparison.OrdinalIgnoreCase) && !IsAllowed(request, without));
    }

    private static IEnumerable<(string Role, Statement Statement, string Action)> Grants() => Statements
        .SelectMany(role => role, (role, statement) => (role.Key, statement)).SelectMany(pair => pair.statement.Actions, (pair, action) => (pair.Key, pair.statement, action));

    private static bool IsAllowed(RecordedRequest request, IEnumerable<Statement> statements)
    {
        var arn = $"arn:aws:iam::{Account}:role/{Record.Name}-{request.Role}";
        var session = new RoleSession(arn, "run", default, default, new Dictionary<string, string>(), []);
        var caller = new Caller("", Account, $"arn:aws:sts::{Account}:assumed-role/{Record.Name}-{request.Role}/run", "", session);
        var keys = request.Keys.ToDictionary(StringComparer.OrdinalIgnoreCase);
        var asked = new PolicyRequest(request.Action, request.Resource, PolicyPrincipal.Of(caller), key => keys.GetValueOrDefault(key, []));
        return statements.Any(statement => statement.Document.Permits(asked)) && (request.Role != Execution || Boundary.Permits(asked));
    }

    private sealed record Statement(string Sid, IReadOnlyList<string> Actions, JsonNode Json)
    {
        private readonly Lazy<PolicyDocument> _document = new(() => PolicyDocument.Parse(
            new JsonObject { ["Version"] = "2012-10-17", ["Statement"] = Json.DeepClone() }.ToJsonString(), PolicyKind.Identity));

        public PolicyDocument Document => _document.Value;

        public static Statement Of(JsonNode json) => new(json[nameof(Sid)]!.ToString(), AccessPolicies.Texts(json, "Action"), json);

        /// <returns>Null if nothing is left of it.</returns>
        public Statement? Without(string action)
        {
            var json = Json.DeepClone();
            json["Action"] = new JsonArray([.. Actions.Where(other => other != action).Select(other => (JsonNode)other)]);
            return Actions.Count > 1 ? Of(json) : null;
        }
    }
}
