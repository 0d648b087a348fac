using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Secrets;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Sandbox.Tests.Models;

/// <summary>Parameter Store and Secrets Manager.</summary>
public sealed class SecretsEffectTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-secrets-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private ParameterService _parameters;
    private SecretService _secrets;

    public SecretsEffectTests() => (_parameters, _secrets) = Open();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Effect("PutParameter", "Name", "Value", "Type", "Overwrite")]
    [Effect("GetParameter", "Name", "WithDecryption")]
    [Effect("DeleteParameter", "Name")]
    public async Task Given_a_parameter_When_put_and_read_Then_name_type_and_version_decide_also_after_a_restart()
    {
        await PutAsync("/team/token", "first", "SecureString");
        Assert.Equal("ParameterAlreadyExists", (await _parameters.RefusedAsync("PutParameter", """{"Name":"/team/token","Value":"x"}""")).Code);
        Assert.Equal(2, (int)(await _parameters.CallAsync("PutParameter", """{"Name":"/team/token","Value":"second","Overwrite":true}"""))["Version"]!);
        (_parameters, _secrets) = Open();

        var read = (await _parameters.CallAsync("GetParameter", """{"Name":"/team/token","WithDecryption":true}"""))["Parameter"]!;
        Assert.Equal(
            ("second", "SecureString", 2, "arn:aws:ssm:us-east-1:000000000000:parameter/team/token"),
            ((string?)read["Value"], (string?)read["Type"], (int)read["Version"]!, (string?)read["ARN"]));
        Assert.Equal("ValidationException", (await _parameters.RefusedAsync("GetParameter", """{"Name":"/team/token"}""")).Code);

        await _parameters.CallAsync("DeleteParameter", """{"Name":"/team/token"}""");
        Assert.Equal("ParameterNotFound", (await _parameters.RefusedAsync("GetParameter", """{"Name":"/team/token","WithDecryption":true}""")).Code);
        Assert.Equal("ParameterNotFound", (await _parameters.RefusedAsync("DeleteParameter", """{"Name":"/team/token"}""")).Code);
    }

    [Theory]
    [InlineData("""{"Name":"/a b","Value":"x","Type":"String"}""")]
    [InlineData("""{"Name":"/aws/a","Value":"x","Type":"String"}""")]
    [InlineData("""{"Name":"ssm","Value":"x","Type":"String"}""")]
    [InlineData("""{"Name":"a/b","Value":"x","Type":"String"}""")]
    [InlineData("""{"Name":"/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p","Value":"x","Type":"String"}""")]
    [InlineData("""{"Name":"/a","Value":"","Type":"String"}""")]
    [InlineData("""{"Name":"/a","Value":"x"}""")]
    [InlineData("""{"Name":"known","Value":"x","Type":"SecureString","Overwrite":true}""")]
    public async Task Given_a_parameter_that_aws_refuses_When_put_Then_it_is_refused(string input)
    {
        await PutAsync("known", "x", "String");

        Assert.Equal("ValidationException", (await _parameters.RefusedAsync("PutParameter", input)).Code);
    }

    [Fact]
    [Effect("GetParameters", "Names", "WithDecryption")]
    [Effect("DescribeParameters", "MaxResults", "NextToken")]
    public async Task Given_parameters_When_listed_Then_unknown_names_are_told_and_descriptions_have_no_value()
    {
        await PutAsync("a", "1", "String");
        await PutAsync("b", "2", "SecureString");
        await PutAsync("c", "3", "String");

        var some = await _parameters.CallAsync("GetParameters", """{"Names":["b","x"],"WithDecryption":true}""");
        Assert.Equal(("2", "x"), ((string?)some["Parameters"]![0]!["Value"], (string?)some["InvalidParameters"]![0]));
        Assert.Equal("ValidationException", (await _parameters.RefusedAsync("GetParameters", """{"Names":["a:1"]}""")).Code);
        var first = await _parameters.CallAsync("DescribeParameters", """{"MaxResults":2}""");
        var second = await _parameters.CallAsync("DescribeParameters", $$"""{"MaxResults":2,"NextToken":"{{first["NextToken"]}}"}""");
        Assert.Equal(["a", "b", "c"], new[] { first, second }.SelectMany(page => page["Parameters"]!.AsArray()).Select(parameter => (string?)parameter!["Name"]));
        Assert.All(first["Parameters"]!.AsArray(), parameter => Assert.Null(parameter!["Value"]));
        Assert.Equal("InvalidNextToken", (await _parameters.RefusedAsync("DescribeParameters", """{"NextToken":"x"}""")).Code);
        Assert.Empty((await _parameters.CallAsync("DescribeParameters", "{}", "eu-west-1"))["Parameters"]!.AsArray());
    }

    [Fact]
    [Effect("CreateSecret", "Name", "SecretString", "ClientRequestToken")]
    [Effect("PutSecretValue", "SecretId", "SecretString", "ClientRequestToken")]
    [Effect("GetSecretValue", "SecretId", "VersionStage")]
    [Effect("DescribeSecret", "SecretId")]
    public async Task Given_a_secret_When_its_value_changes_Then_stages_and_tokens_tell_the_values_apart()
    {
        var arn = (string)(await CreateAsync("team/token", "first", 'a'))["ARN"]!;
        Assert.Equal("ResourceExistsException", (await _secrets.RefusedAsync("CreateSecret", """{"Name":"team/token","SecretString":"x"}""")).Code);
        Assert.Matches("^arn:aws:secretsmanager:us-east-1:000000000000:secret:team/token-[0-9a-f]{6}$", arn);

        await PutSecretAsync(arn, "second", 'b');
        await PutSecretAsync(arn, "second", 'b');
        Assert.Equal("ResourceExistsException", (await RefusedPutAsync(arn, "third", 'b')).Code);
        (_parameters, _secrets) = Open();

        Assert.Equal("second", await ReadAsync(arn));
        Assert.Equal("second", await ReadAsync("team/token"));
        Assert.Equal("first", (string?)(await _secrets.CallAsync("GetSecretValue", $$"""{"SecretId":"{{arn[..^7]}}","VersionStage":"AWSPREVIOUS"}"""))["SecretString"]);
        var described = await _secrets.CallAsync("DescribeSecret", """{"SecretId":"team/token"}""");
        Assert.Equal(
            $$$"""{"{{{Token('b')}}}":["AWSCURRENT"],"{{{Token('a')}}}":["AWSPREVIOUS"]}""", described["VersionIdsToStages"]!.ToJsonString());
        Assert.Equal("ResourceNotFoundException", (await _secrets.RefusedAsync("GetSecretValue", """{"SecretId":"other"}""")).Code);
    }

    [Theory]
    [Effect("DeleteSecret", "SecretId", "RecoveryWindowInDays", "ForceDeleteWithoutRecovery")]
    [InlineData("", 30)]
    [InlineData(",\"RecoveryWindowInDays\":7", 7)]
    [InlineData(",\"ForceDeleteWithoutRecovery\":true", 0)]
    public async Task Given_a_deleted_secret_When_its_window_is_over_Then_its_name_is_free_again(string options, int days)
    {
        await CreateAsync("token", "value", 'a');
        await _secrets.CallAsync("DeleteSecret", $$"""{"SecretId":"token"{{options}}}""");
        if (days > 0)
        {
            Assert.Equal("InvalidRequestException", (await _secrets.RefusedAsync("GetSecretValue", """{"SecretId":"token"}""")).Code);
            Assert.Equal("InvalidRequestException", (await _secrets.RefusedAsync("CreateSecret", """{"Name":"token","SecretString":"x"}""")).Code);
            Assert.NotNull((await _secrets.CallAsync("DescribeSecret", """{"SecretId":"token"}"""))["DeletedDate"]);
        }

        _time.Advance(TimeSpan.FromDays(days));
        Assert.Equal("ResourceNotFoundException", (await _secrets.RefusedAsync("GetSecretValue", """{"SecretId":"token"}""")).Code);
        await CreateAsync("token", "again", 'b');
        Assert.Equal("again", await ReadAsync("token"));
    }

    [Theory]
    [InlineData("CreateSecret", """{"Name":"a b","SecretString":"x"}""")]
    [InlineData("CreateSecret", """{"Name":"a"}""")]
    [InlineData("DeleteSecret", """{"SecretId":"known","RecoveryWindowInDays":6}""")]
    [InlineData("DeleteSecret", """{"SecretId":"known","RecoveryWindowInDays":7,"ForceDeleteWithoutRecovery":true}""")]
    public async Task Given_a_secret_that_aws_refuses_When_called_Then_it_is_refused(string operation, string input)
    {
        await CreateAsync("known", "x", 'a');

        Assert.Equal("InvalidParameterException", (await _secrets.RefusedAsync(operation, input)).Code);
    }

    [Fact]
    public void Given_the_state_When_others_of_the_machine_look_Then_only_the_user_of_the_sandbox_may_open_it()
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(_folder, "secrets")));
        }
    }

    private (ParameterService Parameters, SecretService Secrets) Open()
    {
        var settings = new SandboxSettings(_folder);
        var folders = new SecretFolders(settings);
        return (new(folders.Of<Parameter>("parameters"), settings, _time), new(folders, settings, _time));
    }

    private static string Token(char digit) => new(digit, 36);

    private Task PutAsync(string name, string value, string type) => _parameters.CallAsync("PutParameter", $$"""{"Name":"{{name}}","Value":"{{value}}","Type":"{{type}}"}""");

    private Task<JsonObject> CreateAsync(string name, string value, char token) =>
        _secrets.CallAsync("CreateSecret", $$"""{"Name":"{{name}}","SecretString":"{{value}}","ClientRequestToken":"{{Token(token)}}"}""");

    private Task PutSecretAsync(string id, string value, char token) => _secrets.CallAsync("PutSecretValue", Put(id, value, token));

    private Task<Protocols.AwsError> RefusedPutAsync(string id, string value, char token) => _secrets.RefusedAsync("PutSecretValue", Put(id, value, token));

    private static string Put(string id, string value, char token) => $$"""{"SecretId":"{{id}}","SecretString":"{{value}}","ClientRequestToken":"{{Token(token)}}"}""";

    private async Task<string?> ReadAsync(string id) => (string?)(await _secrets.CallAsync("GetSecretValue", $$"""{"SecretId":"{{id}}"}"""))["SecretString"];
}
