using BuildPipeline.Sandbox.Policies;
using static BuildPipeline.Sandbox.Tests.Policies.PolicyCase;

namespace BuildPipeline.Sandbox.Tests.Policies;

/// <summary>What AWS's user guide says of the evaluation of policies, as one table.</summary>
public sealed class PolicyEvaluatorTests
{
    private const string Allow = "{'Effect':'Allow','Action':'s3:GetObject','Resource':'*'}";
    private const string Deny = "{'Sid':'No','Effect':'Deny','Action':'s3:GetObject','Resource':'*'}";
    private const string Other = "{'Effect':'Allow','Action':'s3:PutObject','Resource':'*'}";

    public static TheoryData<PolicyCase> Logic =>
    [
        new("nothing allows", "Every request is denied to begin with.", "Identity"),
        new("identity allows", "An allow of a policy of the role overrides the default.", null) { Identity = Allow },
        new("deny beside allow", "A deny overrides every allow.", "Identity!") { Identity = Allow + "," + Deny },
        new("deny before allow", "The order of statements has no meaning.", "Identity!") { Identity = Deny + "," + Allow },
        new("boundary allows, identity does not", "A boundary grants nothing by itself.", "Identity") { Boundary = Allow },
        new("boundary and identity allow", "What both allow is allowed.", null) { Identity = Allow, Boundary = Allow },
        new("identity beyond the boundary", "A boundary limits what identity-based policies grant.", "Boundary") { Identity = Allow, Boundary = Other },
        new("boundary denies", "A deny in the boundary is a deny.", "Boundary!") { Identity = Allow, Boundary = Allow + "," + Deny },
        new("session policy narrows", "A session has what both the role and the session's policy allow.", "Session") { Identity = Allow, SessionPolicy = Other },
        new("session policy and identity allow", "A session has what both allow.", null) { Identity = Allow, SessionPolicy = Allow },
        new("session policy denies", "A deny in the session's policy is a deny.", "Session!") { Identity = Allow, SessionPolicy = Deny },
        new("session policy alone", "A session's policy grants nothing beyond the role's.", "Identity") { SessionPolicy = Allow },
        new("resource names the session", "Within the account an allow of the resource's policy suffices.", null) { Resource = Grant(Session) },
        new("resource names the role", "Within the account an allow for the role suffices, where nothing limits the role.", null) { Resource = Grant(Role) },
        new("resource names everybody", "A grant to everybody needs nothing more within the account.", null) { Resource = "{'Effect':'Allow','Principal':'*','Action':'s3:GetObject','Resource':'*'}" },
        new("resource names the account", "A grant to the account leaves it to the account's own policies.", "Identity") { Resource = Grant(Root) },
        new("resource names the account's id", "The id of an account means what its root's ARN means.", "Identity") { Resource = Grant(Account) },
        new("resource names the account, identity allows", "The account's policies then decide.", null) { Resource = Grant(Root), Identity = Allow },
        new("resource names another role", "A principal that is not the caller has no bearing.", "Identity") { Resource = Grant("arn:aws:iam::111122223333:role/cleanup") },
        new("resource silent, identity allows", "Within the account an allow of the role's policy suffices.", null) { Resource = Grant(OtherAccount), Identity = Allow },
        new("resource denies", "A deny of the resource's policy overrides what the role has.", "Resource!")
        {
            Identity = Allow, Resource = "{'Effect':'Deny','Principal':'*','Action':'s3:*','Resource':'*'}",
        },
        new("role named, boundary silent", "An implicit deny of the boundary limits a grant to the role's ARN.", "Boundary") { Resource = Grant(Role), Boundary = Other },
        new("session named, boundary silent", "An implicit deny of the boundary does not limit a grant to the session's ARN.", null) { Resource = Grant(Session), Boundary = Other },
        new("role named, session policy silent", "An implicit deny of the session's policy limits a grant to the role's ARN.", "Session") { Resource = Grant(Role), SessionPolicy = Other },
        new("session named, session policy silent", "It does not limit a grant to the session's ARN.", null) { Resource = Grant(Session), SessionPolicy = Other },
        new("session named, boundary denies", "An explicit deny limits every grant.", "Boundary!") { Resource = Grant(Session), Boundary = Deny },
        new("across accounts, both", "Between accounts both sides have to allow.", null) { Owner = OtherAccount, Resource = Grant(Root), Identity = Allow },
        new("across accounts, resource only", "The caller's account has to allow, even where the resource names the session.", "Identity") { Owner = OtherAccount, Resource = Grant(Session) },
        new("across accounts, identity only", "The owner's account has to allow.", "Resource") { Owner = OtherAccount, Resource = Grant(OtherAccount), Identity = Allow },
        new("across accounts, no policy", "A resource without a policy is its own account's.", "Resource") { Owner = OtherAccount, Identity = Allow },
        new("across accounts, boundary", "A boundary limits what goes to other accounts, too.", "Boundary") { Owner = OtherAccount, Resource = Grant(Root), Identity = Allow, Boundary = Other },
        new("key policy silent", "A key's policy decides: an allow of the role alone does nothing.", "Resource") { IsKey = true, Resource = Grant(OtherAccount), Identity = Allow },
        new("key policy for the account", "It lets the account's policies count by naming the account.", null) { IsKey = true, Resource = Grant(Root), Identity = Allow },
        new("key policy for the account, identity silent", "They count, and have to allow.", "Identity") { IsKey = true, Resource = Grant(Root) },
        new("key policy for the role", "A grant to the role suffices.", null) { IsKey = true, Resource = Grant(Role) },
        new("trust names the role", "A trust policy that names the caller's role suffices within the account.", null) { Action = "sts:AssumeRole", On = Role, Trust = TrustIn($"'AWS':'{Role}'") },
        new("trust names the account", "One that names the account leaves it to the caller's policies.", "Identity") { Action = "sts:AssumeRole", On = Role, Trust = TrustIn($"'AWS':'{Root}'") },
        new("trust names nobody here", "A role that does not trust the caller cannot be assumed.", "Trust")
        {
            Action = "sts:AssumeRole", On = Role, Trust = TrustIn($"'AWS':'{OtherAccount}'"), Identity = "{'Effect':'Allow','Action':'sts:AssumeRole','Resource':'*'}",
        },
        new("service named", "A service has what resources give it.", null) { Principal = PolicyPrincipal.Service("events.amazonaws.com"), Resource = GrantTo("'Service':'events.amazonaws.com'") },
        new("service not named", "A service has nothing else.", "Resource") { Principal = PolicyPrincipal.Service("events.amazonaws.com"), Resource = GrantTo("'Service':'sns.amazonaws.com'") },
        new("anonymous, named everybody", "Everybody includes callers without credentials.", null) { Principal = PolicyPrincipal.Anonymous, Resource = GrantTo("'AWS':'*'") },
        new("anonymous, named account", "A caller without credentials has no account.", "Resource") { Principal = PolicyPrincipal.Anonymous, Resource = Grant(Root) },
        new("NotPrincipal with all names", "A deny with NotPrincipal excepts who is named with role and account.", null) { Identity = Allow, Resource = DenyBut($"'{Session}','{Role}','{Root}'") },
        new("NotPrincipal without the account", "An account that is not named is denied as a whole.", "Resource!") { Identity = Allow, Resource = DenyBut($"'{Session}','{Role}'") },
        new("NotPrincipal of others", "Who is not named is denied.", "Resource!") { Identity = Allow, Resource = DenyBut($"'{OtherAccount}'") },
    ];

    public static TheoryData<PolicyCase> Language =>
    [
        new("action's case", "Names of actions have no case.", null) { Identity = Statement("'Action':'S3:getobject','Resource':'*'") },
        new("action's wildcard", "A star stands for any characters.", null) { Identity = Statement("'Action':'s3:Get*','Resource':'*'") },
        new("action's question mark", "A question mark stands for one character.", "Identity") { Identity = Statement("'Action':'s3:GetObject?','Resource':'*'") },
        new("resource's case", "ARNs have case.", "Identity") { Identity = Statement("'Action':'*','Resource':'arn:aws:s3:::Data/*'") },
        new("resource's wildcard over slashes", "A star reaches over slashes.", null) { Identity = Statement("'Action':'*','Resource':'arn:aws:s3:::data/*'") },
        new("bucket without its objects", "A bucket's ARN is not that of its objects.", "Identity") { Identity = Statement("'Action':'*','Resource':'arn:aws:s3:::data'") },
        new("NotAction that names it", "NotAction is all but those named.", "Identity") { Identity = Statement("'NotAction':'s3:*','Resource':'*'") },
        new("NotAction that names others", "NotAction is all but those named.", null) { Identity = Statement("'NotAction':['iam:*','sts:*'],'Resource':'*'") },
        new("deny of NotAction", "With deny it leaves only those named.", "Identity!") { Identity = Allow + ",{'Effect':'Deny','NotAction':'s3:List*','Resource':'*'}" },
        new("NotResource that names it", "NotResource is all but those named.", "Identity") { Identity = Statement("'Action':'*','NotResource':'arn:aws:s3:::data/blue/*'") },
        new("NotResource that names others", "NotResource is all but those named.", null) { Identity = Statement("'Action':'*','NotResource':'arn:aws:s3:::data/red/*'") },
        new("variable in the resource", "A variable stands for the request's value.", null) { Identity = ForPrefix("${aws:PrincipalTag/team}"), Keys = ["aws:PrincipalTag/team=blue"] },
        new("variable's case", "Keys have no case, in variables too.", null) { Identity = ForPrefix("${AWS:principaltag/Team}"), Keys = ["aws:PrincipalTag/team=blue"] },
        new("variable of another value", "Another value is another resource.", "Identity") { Identity = ForPrefix("${aws:PrincipalTag/team}"), Keys = ["aws:PrincipalTag/team=red"] },
        new("variable without a value", "A variable without a value matches no resource.", "Identity") { Identity = ForPrefix("${aws:PrincipalTag/team}") },
        new("variable with a default", "The default stands in for a value that is not there.", null) { Identity = ForPrefix("${aws:PrincipalTag/team, \\u0027blue\\u0027}") },
        new("variable's default unused", "A value is taken before the default.", "Identity") { Identity = ForPrefix("${aws:PrincipalTag/team, \\u0027blue\\u0027}"), Keys = ["aws:PrincipalTag/team=red"] },
        new("variable whose value has a star", "A value stands for itself.", "Identity") { Identity = ForPrefix("${aws:PrincipalTag/team}"), Keys = ["aws:PrincipalTag/team=*"] },
        new("literal star", "${*} is a star.", "Identity") { Identity = ForPrefix("${*}") },
        new("literal star met", "${*} is a star.", null) { Identity = ForPrefix("${*}"), On = Bucket + "/*/a" },
        new("literal question mark", "${?} is a question mark.", null) { Identity = ForPrefix("b${?}"), On = Bucket + "/b?/a" },
        new("literal dollar", "${$} is a dollar sign.", null) { Identity = ForPrefix("${$}"), On = Bucket + "/$/a" },
        new("variable of the old version", "Version 2008-10-17 has no variables.", "Identity") { Version = "2008-10-17", Identity = ForPrefix("${aws:PrincipalTag/team}"), Keys = ["aws:PrincipalTag/team=blue"] },
        new("old version's text", "There the text means itself.", null) { Version = "2008-10-17", Identity = ForPrefix("${aws:username}"), On = Bucket + "/${aws:username}/a" },
        When("variable in a condition", "A variable stands for the value that another key is held against.", null, "'StringEquals':{'s3:ExistingObjectTag/team':'${aws:PrincipalTag/team}'}", "s3:ExistingObjectTag/team=blue", "aws:PrincipalTag/team=blue"),
        When("null variable, equals", "A variable without a value equals nothing.", "Identity", "'StringEquals':{'s3:ExistingObjectTag/team':'${aws:PrincipalTag/team}'}", "s3:ExistingObjectTag/team=blue"),
        When("null variable, not equals", "A negated operator holds against a variable without a value.", null, "'StringNotEquals':{'s3:ExistingObjectTag/team':'${aws:PrincipalTag/team}'}", "s3:ExistingObjectTag/team=blue"),
    ];

    public static TheoryData<PolicyCase> Conditions =>
    [
        When("several values of the policy", "Values of one key are alternatives.", null, "'StringEquals':{'aws:RequestedRegion':['eu-west-1','us-east-1']}", "aws:RequestedRegion=us-east-1"),
        When("several keys", "Keys have to hold all.", "Identity", "'StringEquals':{'aws:RequestedRegion':'us-east-1','aws:PrincipalAccount':'1'}", "aws:RequestedRegion=us-east-1"),
        When("several operators", "Operators have to hold all.", "Identity", "'StringEquals':{'aws:RequestedRegion':'us-east-1'},'Bool':{'aws:SecureTransport':'true'}", "aws:RequestedRegion=us-east-1", "aws:SecureTransport=false"),
        When("negated values", "Of a negated operator no value may fit.", "Identity", "'StringNotEquals':{'aws:RequestedRegion':['eu-west-1','us-east-1']}", "aws:RequestedRegion=us-east-1"),
        When("key absent", "A key that is not in the request fits nothing.", "Identity", "'StringEquals':{'aws:RequestedRegion':'us-east-1'}"),
        When("key absent, negated", "A negated operator holds without the key.", null, "'StringNotEquals':{'aws:RequestedRegion':'us-east-1'}"),
        When("key's case", "Names of keys have no case.", null, "'StringEquals':{'AWS:requestedregion':'us-east-1'}", "aws:RequestedRegion=us-east-1"),
        When("values' case", "StringEquals has case.", "Identity", "'StringEquals':{'aws:RequestedRegion':'US-EAST-1'}", "aws:RequestedRegion=us-east-1"),
        When("case ignored", "StringEqualsIgnoreCase has none.", null, "'StringEqualsIgnoreCase':{'aws:RequestedRegion':'US-EAST-1'}", "aws:RequestedRegion=us-east-1"),
        When("no wildcards in equals", "StringEquals takes a star for a star.", "Identity", "'StringEquals':{'aws:RequestedRegion':'us-*'}", "aws:RequestedRegion=us-east-1"),
        When("like", "StringLike has wildcards.", null, "'StringLike':{'s3:prefix':'blue/*'}", "s3:prefix=blue/runs"),
        When("not like", "StringNotLike is its opposite.", "Identity", "'StringNotLike':{'s3:prefix':'blue/*'}", "s3:prefix=blue/runs"),
        When("Null true, absent", "Null true asks that the key is absent.", null, "'Null':{'sagemaker:VpcSubnets':'true'}"),
        When("Null true, there", "Null true asks that the key is absent.", "Identity", "'Null':{'sagemaker:VpcSubnets':'true'}", "sagemaker:VpcSubnets=a"),
        When("Null false, absent", "Null false asks that the key is there.", "Identity", "'Null':{'sagemaker:VpcSubnets':'false'}"),
        When("Null false, there", "Null false asks that the key is there.", null, "'Null':{'sagemaker:VpcSubnets':'false'}", "sagemaker:VpcSubnets=a"),
        When("IfExists, absent", "IfExists holds without the key.", null, "'StringEqualsIfExists':{'ec2:InstanceType':'t3.micro'}"),
        When("IfExists, other", "With the key, IfExists asks as the operator does.", "Identity", "'StringEqualsIfExists':{'ec2:InstanceType':'t3.micro'}", "ec2:InstanceType=m5.large"),
        When("ForAllValues, all", "Each value of the request has to fit.", null, "'ForAllValues:StringEquals':{'aws:TagKeys':['team','run']}", "aws:TagKeys=team", "aws:TagKeys=run"),
        When("ForAllValues, one too many", "Each value of the request has to fit.", "Identity", "'ForAllValues:StringEquals':{'aws:TagKeys':['team','run']}", "aws:TagKeys=team", "aws:TagKeys=owner"),
        When("ForAllValues, absent", "It holds where the request has no value.", null, "'ForAllValues:StringEquals':{'aws:TagKeys':'team'}"),
        When("ForAllValues, empty", "One empty value is no value.", null, "'ForAllValues:StringEquals':{'aws:TagKeys':'team'}", "aws:TagKeys="),
        When("ForAllValues with Null", "Null false closes that gap.", "Identity", "'ForAllValues:StringEquals':{'aws:TagKeys':'team'},'Null':{'aws:TagKeys':'false'}"),
        When("ForAnyValue, one", "One value has to fit.", null, "'ForAnyValue:StringEquals':{'aws:TagKeys':['team','run']}", "aws:TagKeys=team", "aws:TagKeys=owner"),
        When("ForAnyValue, none", "One value has to fit.", "Identity", "'ForAnyValue:StringEquals':{'aws:TagKeys':['team','run']}", "aws:TagKeys=owner"),
        When("ForAnyValue, absent", "It does not hold where the request has no value.", "Identity", "'ForAnyValue:StringEquals':{'aws:TagKeys':'team'}"),
        When("ForAnyValue, like", "Set operators go before every comparison.", null, "'ForAnyValue:StringLike':{'sagemaker:InstanceTypes':'ml.g5.*'}", "sagemaker:InstanceTypes=ml.p4d.24xlarge", "sagemaker:InstanceTypes=ml.g5.xlarge"),
        When("ForAllValues, negated", "Each value has to be none of those.", "Identity", "'ForAllValues:StringNotEquals':{'aws:TagKeys':'owner'}", "aws:TagKeys=team", "aws:TagKeys=owner"),
        When("ForAnyValue, negated", "One value has to be none of those.", null, "'ForAnyValue:StringNotEquals':{'aws:TagKeys':'owner'}", "aws:TagKeys=team", "aws:TagKeys=owner"),
        When("number below", "Numbers are compared as numbers.", null, "'NumericLessThanEquals':{'sagemaker:MaxRuntimeInSeconds':'86400'}", "sagemaker:MaxRuntimeInSeconds=9000"),
        When("number above", "Numbers are compared as numbers.", "Identity", "'NumericLessThanEquals':{'sagemaker:MaxRuntimeInSeconds':'86400'}", "sagemaker:MaxRuntimeInSeconds=100000"),
        When("number as a number", "A value may be JSON's number.", null, "'NumericEquals':{'s3:max-keys':10}", "s3:max-keys=10"),
        When("number that is none", "What is no number fits none.", "Identity", "'NumericLessThan':{'s3:max-keys':'10'}", "s3:max-keys=few"),
        When("flag", "Flags are compared as flags.", null, "'Bool':{'aws:SecureTransport':true}", "aws:SecureTransport=true"),
        When("flag absent", "Bool does not hold without the key.", "Identity", "'Bool':{'aws:MultiFactorAuthPresent':'true'}"),
        When("time before", "Times are compared as times.", null, "'DateLessThan':{'aws:CurrentTime':'2030-01-01T00:00:00Z'}", "aws:CurrentTime=2029-12-31T23:00:00Z"),
        When("time after", "Times are compared as times.", "Identity", "'DateLessThan':{'aws:CurrentTime':'2030-01-01T00:00:00Z'}", "aws:CurrentTime=2030-01-01T00:00:00+00:00"),
        When("time in seconds", "A time may be seconds since 1970.", null, "'DateGreaterThan':{'aws:EpochTime':'2020-01-01T00:00:00Z'}", "aws:EpochTime=1900000000"),
        When("address in the range", "Ranges of addresses are CIDR.", null, "'IpAddress':{'aws:SourceIp':'203.0.113.0/24'}", "aws:SourceIp=203.0.113.7"),
        When("address outside", "Ranges of addresses are CIDR.", null, "'NotIpAddress':{'aws:SourceIp':['203.0.113.0/24','2001:db8::/32']}", "aws:SourceIp=198.51.100.1"),
        When("one address", "An address is a range of one.", "Identity", "'IpAddress':{'aws:SourceIp':'203.0.113.8'}", "aws:SourceIp=203.0.113.7"),
        When("ARN part by part", "A star in an ARN stays in its part.", "Identity", "'ArnLike':{'aws:SourceArn':'arn:aws:sns:*:topic'}", "aws:SourceArn=arn:aws:sns:us-east-1:111122223333:topic"),
        When("ARN with a star for each part", "Each part may have a star.", null, "'ArnLike':{'aws:SourceArn':'arn:aws:sns:*:*:topic'}", "aws:SourceArn=arn:aws:sns:us-east-1:111122223333:topic"),
        When("ArnEquals", "ArnEquals and ArnLike are the same.", null, "'ArnEquals':{'aws:PrincipalArn':'arn:aws:iam::*:role/la*'}", "aws:PrincipalArn=arn:aws:iam::111122223333:role/launch"),
        When("ArnNotLike, absent", "Negated, it holds without the key.", null, "'ArnNotLike':{'aws:SourceArn':'arn:aws:sns:*:*:topic'}"),
        When("binary", "Binary values are compared in base64.", null, "'BinaryEquals':{'app:key':'QUJD'}", "app:key=QUJD"),
        When("endpoint of the VPC", "aws:SourceVpce is the endpoint that the request came through.", null, "'StringEquals':{'aws:SourceVpce':'vpce-1'}", "aws:SourceVpce=vpce-1"),
        When("endpoint, from elsewhere", "Other requests do not have the key.", "Identity", "'StringEquals':{'aws:SourceVpce':'vpce-1'}"),
        When("tag on the request", "aws:RequestTag has the tags that the request brings.", null, "'StringEquals':{'aws:RequestTag/team':'blue'}", "aws:RequestTag/team=blue"),
        When("tag on the resource", "aws:ResourceTag has the tags of what is asked for.", "Identity", "'StringEquals':{'aws:ResourceTag/team':'blue'}", "aws:ResourceTag/team=red"),
        new("deny unless the endpoint's", "A deny with StringNotEquals meets all that do not come through it.", "Resource!")
        {
            Identity = Allow, Resource = "{'Effect':'Deny','Principal':'*','Action':'s3:*','Resource':'*','Condition':{'StringNotEquals':{'aws:SourceVpce':'vpce-1'}}}",
        },
        new("deny unless the endpoint's, IfExists", "With IfExists it leaves what has no endpoint.", null)
        {
            Identity = Allow, Resource = "{'Effect':'Deny','Principal':'*','Action':'s3:*','Resource':'*','Condition':{'StringEqualsIfExists':{'aws:SourceVpce':'vpce-2'},'Null':{'aws:SourceVpce':'false'}}}",
        },
    ];

    [Theory]
    [MemberData(nameof(Logic))]
    [MemberData(nameof(Language))]
    [MemberData(nameof(Conditions))]
    public void Given_policies_When_a_request_is_decided_Then_it_is_as_the_documentation_says(PolicyCase example)
    {
        var decision = PolicyEvaluator.Decide(example.Request, example.Policies);

        Assert.True(example.Expected == Text(decision), $"{example.Name}: {Text(decision) ?? "allowed"}, but {example.Because}");
    }

    [Fact]
    public void Given_a_refusal_When_told_Then_it_names_who_asked_for_what_and_which_policy_decided()
    {
        var request = new PolicyCase("", "", null).Request;

        Assert.Equal(
            $"User: {Session} is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::data/blue/a because no identity-based policy allows the s3:GetObject action",
            PolicyDecision.NotAllowedBy(PolicyKind.Identity).MessageFor(request));
        Assert.EndsWith("with an explicit deny in a resource-based policy", PolicyDecision.DeniedBy(PolicyKind.Resource, "No").MessageFor(request), StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_deny_with_an_id_When_decided_Then_the_decision_has_it() =>
        Assert.Equal("No", PolicyEvaluator.Decide(new PolicyCase("", "", null).Request, new PolicyCase("", "", null) { Identity = Deny }.Policies).Sid);

    private static string? Text(PolicyDecision decision) => decision.IsAllowed ? null : decision.Reason + (decision.IsExplicit ? "!" : "");

    private static string Statement(string members) => "{'Effect':'Allow'," + members + "}";

    private static string ForPrefix(string prefix) => Statement($"'Action':'s3:GetObject','Resource':'{Bucket}/{prefix}/*'");

    private static string Grant(string principal) => GrantTo($"'AWS':'{principal}'");

    private static string GrantTo(string principals) => $"{{'Effect':'Allow','Principal':{{{principals}}},'Action':'s3:GetObject','Resource':'*'}}";

    private static string TrustIn(string principals) => $"{{'Effect':'Allow','Principal':{{{principals}}},'Action':'sts:AssumeRole'}}";

    private static string DenyBut(string names) => $"{{'Effect':'Deny','NotPrincipal':{{'AWS':[{names}]}},'Action':'s3:*','Resource':'*'}}";

    private static PolicyCase When(string name, string because, string? expected, string conditions, params string[] keys) => new(name, because, expected)
    {
        Identity = Statement($"'Action':'s3:GetObject','Resource':'*','Condition':{{{conditions}}}"), Keys = keys,
    };
}
