using System.Text;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Protocol;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.Tests.Authorization;

namespace BuildPipeline.Sandbox.Tests.S3;

/// <summary>What sessions of roles may do in S3: role, bucket and key decide together.</summary>
public sealed class SessionGateTests : IDisposable
{
    private const string Bucket = "data";
    private const string Key = "arn:aws:kms:us-east-1:000000000000:key/k";
    private const string ReadAndWrite = "{'Effect':'Allow','Action':['s3:GetObject','s3:PutObject'],'Resource':'arn:aws:s3:::data/blue/*'}";
    private const string OfAccount = """{"Statement":{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"kms:*","Resource":"*"}}""";

    private readonly string _state = Directory.CreateTempSubdirectory("sandbox-gate-").FullName;
    private readonly TestRoles _roles = new();
    private readonly ObjectStore _store;
    private readonly IObjectAccess _access;

    public SessionGateTests()
    {
        var settings = new SandboxSettings(_state);
        _store = new ObjectStore(settings, TimeProvider.System);
        _store.CreateBucket(Bucket, "us-east-1");
        _access = new SessionGate(_store, new BuildPipeline.Sandbox.S3.Protocol.Accounts(settings), _roles.Authorizer(), _roles);
    }

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Theory]
    [InlineData("GetObject", "blue/a", true)]
    [InlineData("PutObject", "blue/a", true)]
    [InlineData("PutObject", "red/a", false)]
    [InlineData("DeleteObject", "blue/a", false)]
    public void Given_a_role_When_its_session_uses_objects_Then_the_role_decides(string operation, string key, bool isAllowed)
    {
        _roles.With(ReadAndWrite);

        Assert.Equal(isAllowed ? null : "AccessDenied", CodeOf(operation, key));
    }

    [Fact]
    public void Given_a_listing_When_the_policy_limits_the_prefix_Then_the_prefix_decides()
    {
        _roles.With("{'Effect':'Allow','Action':'s3:ListBucket','Resource':'arn:aws:s3:::data','Condition':{'StringLike':{'s3:prefix':'blue/*'}}}");

        Assert.Equal((null, "AccessDenied"), (CodeOf("ListObjectsV2", "blue/"), CodeOf("ListObjectsV2", "")));
    }

    [Fact]
    public void Given_a_refusal_When_told_Then_the_resource_is_in_quotes_as_S3_has_it()
    {
        _roles.With(null);

        Assert.Equal(
            "User: arn:aws:sts::000000000000:assumed-role/launch/ci is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::data/a\" because no identity-based policy allows the s3:GetObject action",
            Assert.Throws<AwsError>(() => _access.Require(TestRoles.Session(), "GetObject", Bucket, "a")).Message);
    }

    [Fact]
    public void Given_a_bucket_policy_When_it_denies_or_names_the_role_Then_it_counts_with_the_role()
    {
        _roles.With(ReadAndWrite);
        _store.SetBucketSetting(Bucket, "policy", $$"""
            {"Statement":[
              {"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::data/*","Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"} } },
              {"Effect":"Allow","Principal":{"AWS":"{{TestRoles.Arn}}"},"Action":"s3:DeleteObject","Resource":"arn:aws:s3:::data/*"}]}
            """);

        Assert.Equal("AccessDenied", CodeOf("PutObject", "blue/a", new ObjectHeaders()));
        Assert.Null(CodeOf("PutObject", "blue/a", new ObjectHeaders(ServerSideEncryption: "aws:kms")));
        Assert.Null(CodeOf("DeleteObject", "red/a"));
    }

    [Theory]
    [InlineData("", "AccessDenied", "AccessDenied")]
    [InlineData(",{'Effect':'Allow','Action':'kms:GenerateDataKey','Resource':'*'}", null, "AccessDenied")]
    [InlineData(",{'Effect':'Allow','Action':['kms:GenerateDataKey','kms:Decrypt'],'Resource':'*','Condition':{'StringEquals':{'kms:ViaService':'s3.us-east-1.amazonaws.com'}}}", null, null)]
    [InlineData(",{'Effect':'Allow','Action':'kms:*','Resource':'*','Condition':{'StringLike':{'kms:EncryptionContext:aws:s3:arn':'arn:aws:s3:::data/red/*'}}}", "AccessDenied", "AccessDenied")]
    public async Task Given_an_encrypted_object_When_written_and_read_Then_the_key_has_to_be_allowed_too(string statements, string? write, string? read)
    {
        _roles.With(ReadAndWrite + statements);
        _roles.Keys[Key] = OfAccount;
        var headers = new ObjectHeaders(ServerSideEncryption: "aws:kms", KmsKeyId: Key);
        await _store.PutAsync(Bucket, "blue/a", new MemoryStream(Encoding.UTF8.GetBytes("a")), headers);

        Assert.Equal((write, read), (CodeOf("PutObject", "blue/a", headers), CodeOf("GetObject", "blue/a")));
    }

    [Fact]
    public void Given_a_key_whose_policy_does_not_name_the_account_When_the_role_allows_it_Then_it_is_refused()
    {
        _roles.With("{'Effect':'Allow','Action':'*','Resource':'*'}");
        _roles.Keys[Key] = OfAccount.Replace("000000000000", "111122223333", StringComparison.Ordinal);

        Assert.Equal("AccessDenied", CodeOf("PutObject", "a", new ObjectHeaders(ServerSideEncryption: "aws:kms", KmsKeyId: Key)));
    }

    private string? CodeOf(string operation, string key, ObjectHeaders? headers = null) =>
        Record.Exception(() => _access.Require(TestRoles.Session(), operation, Bucket, key, headers)) is AwsError refusal ? refusal.Code : null;
}
