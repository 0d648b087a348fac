using System.Text;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Protocol;

namespace BuildPipeline.Sandbox.Tests.S3;

/// <summary>The policies of upload forms: each kind of condition, and what a form may not have.</summary>
public sealed class PostPolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"acl":"private"}""", "acl", "private", true)]
    [InlineData("""{"ACL":"private"}""", "acl", "private", true)]
    [InlineData("""{"acl":"private"}""", "acl", "public-read", false)]
    [InlineData("""["eq","$x-amz-meta-a","1"]""", "x-amz-meta-a", "1", true)]
    [InlineData("""["eq","$x-amz-meta-a","1"]""", "x-amz-meta-a", "12", false)]
    [InlineData("""["starts-with","$key","user/"]""", "key", "user/a", true)]
    [InlineData("""["starts-with","$key","user/"]""", "key", "users", false)]
    [InlineData("""["starts-with","$x-amz-meta-a",""]""", "x-amz-meta-a", "anything", true)]
    [InlineData("""["starts-with","$Content-Type","image/"]""", "Content-Type", "image/png,image/jpeg", true)]
    [InlineData("""["starts-with","$Content-Type","image/"]""", "Content-Type", "image/png,text/html", false)]
    [InlineData("""{"bucket":"mine"}""", "key", "a", true)]
    [InlineData("""{"bucket":"other"}""", "key", "a", false)]
    [InlineData("""["eq","$x-amz-meta-absent","1"]""", "key", "a", false)]
    public void Given_a_condition_When_a_form_is_held_against_it_Then_it_holds_or_not(string condition, string field, string value, bool holds)
    {
        var policy = PostPolicy.Parse(Document($"{condition},[\"starts-with\",\"$key\",\"\"]"));
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { [field] = value };

        Assert.Equal(holds ? null : "AccessDenied", Refusal(() => policy.Check(fields, "mine", Now)));
    }

    [Theory]
    [InlineData("x-amz-meta-extra", "AccessDenied")]
    [InlineData("extra", "AccessDenied")]
    [InlineData("x-ignore-extra", null)]
    [InlineData("x-amz-signature", null)]
    [InlineData("policy", null)]
    public void Given_a_field_without_a_condition_When_checked_Then_only_those_of_the_signature_are_taken(string field, string? code)
    {
        var policy = PostPolicy.Parse(Document("""{"key":"a"}"""));

        Assert.Equal(code, Refusal(() => policy.Check(new Dictionary<string, string> { ["key"] = "a", [field] = "" }, "mine", Now)));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "AccessDenied")]
    public void Given_an_expiration_When_its_second_is_over_Then_the_policy_is(int seconds, string? code)
    {
        var policy = PostPolicy.Parse(Document("""{"key":"a"}"""));

        Assert.Equal(code, Refusal(() => policy.Check(new Dictionary<string, string> { ["key"] = "a" }, "mine", Now.AddMinutes(1).AddSeconds(seconds))));
    }

    [Theory]
    [InlineData(1, "EntityTooSmall")]
    [InlineData(2, null)]
    [InlineData(4, null)]
    [InlineData(5, "EntityTooLarge")]
    public void Given_a_size_range_When_a_file_is_held_against_it_Then_its_ends_are_in_it(long bytes, string? code)
    {
        var policy = PostPolicy.Parse(Document("""["content-length-range",2,"4"]"""));

        Assert.Equal(code, Refusal(() => policy.CheckSize(bytes)));
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("""{"conditions":[]}""")]
    [InlineData("""{"Expiration":"2026-05-01T12:01:00Z","conditions":[]}""")]
    [InlineData("""{"expiration":"2026-05-01 12:01","conditions":[]}""")]
    [InlineData("""{"expiration":"2026-05-01T12:01:00Z"}""")]
    [InlineData("""{"expiration":"2026-05-01T12:01:00Z","conditions":[{}]}""")]
    [InlineData("""{"expiration":"2026-05-01T12:01:00Z","conditions":[{"a":"1","b":"2"}]}""")]
    [InlineData("""{"expiration":"2026-05-01T12:01:00Z","conditions":[["like","$key","a"]]}""")]
    [InlineData("""{"expiration":"2026-05-01T12:01:00Z","conditions":[["eq","key","a"]]}""")]
    [InlineData("""{"expiration":"2026-05-01T12:01:00Z","conditions":[["content-length-range",0]]}""")]
    [InlineData("""{"expiration":"2026-05-01T12:01:00Z","conditions":[["content-length-range",-1,0]]}""")]
    public void Given_a_document_that_is_no_policy_When_read_Then_it_is_refused(string document) =>
        Assert.Equal("InvalidPolicyDocument", Refusal(() => PostPolicy.Parse(Convert.ToBase64String(Encoding.UTF8.GetBytes(document)))));

    private static string Document(string conditions) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{{\"expiration\":\"2026-05-01T12:01:00.000Z\",\"conditions\":[{conditions}]}}"));

    private static string? Refusal(Action check) => (Record.Exception(check) as AwsError)?.Code;
}
