using BuildPipeline.Secrets;
using FsCheck.Xunit;

namespace BuildPipeline.Pipeline.Tests.Secrets;

public sealed class SecretScanTests
{
    // Assembled, so no scanner takes this file for a leak.
    private static readonly string GitHubToken = "gh" + "p_" + new string('a', 36);
    private static readonly string AwsKeyId = "AKIA" + "ABCDEFGHIJKLMNOP";
    private static readonly string PrivateKey = "-----BEGIN " + "RSA PRIVATE KEY-----";
    private static readonly string RandomText = "f3a9c1d87be24f60a5d3" + "9e71b2c84d5f6a0e1b2c";

    public static TheoryData<string, string> SecretNamesAndValues => new()
    {
        { "HF_TOKEN", "hf_x" }, { "hub_token", "abc" }, { "hfToken", "abc" }, { "token", "abc" }, { "GITHUB_TOKEN", "abc" }, { "access_tokens", "a,b" },
        { "WANDB_API_KEY", "abc" }, { "wandbApiKey", "abc" }, { "apikey", "abc" }, { "api-key", "abc" }, { "AWS_SECRET_ACCESS_KEY", "abc" },
        { "AWS_ACCESS_KEY_ID", "abc" }, { "DB_PASSWORD", "12345678" }, { "PGPASSWORD", "x" }, { "db_pwd", "x" }, { "client_secret", "x" }, { "MY_SECRET", "x" },
        { "connection_string", "Server=x" }, { "credentials", "user:x" }, { "ssh_private_key", "x" }, { "Authorization", "x" },
        { "WANDB_KEY", RandomText }, { "webhook", RandomText }, { "note", GitHubToken }, { "note", "x " + AwsKeyId }, { "note", PrivateKey },
        { "index_url", "https://user:" + "pass@packages.example/simple" }, { "command", "HF_TOKEN=abc python train.py" }, { "command", "train.py --api-key abc" },
        { "command", "train.py --hub-token=abc" }, { "command", "python: HF_TOKEN=abc" }, { "note", "ValueError: password: abc" }, { "command", "curl -H 'Authorization: " + "Bearer abcdefghijklmnop'" },
    };

    public static TheoryData<string, string> HarmlessNamesAndValues => new()
    {
        { "max_tokens", "4096" }, { "tokenizer", "gpt2" }, { "token_count", "5" }, { "tokens_per_second", "100" }, { "secretary", "Smith" }, { "pad_token", "<pad>" },
        { "eos_token", "end" }, { "add_bos_token", "true" }, { "image_token", "IMG" }, { "token_id", "50256" }, { "token", "50256" }, { "use_auth_token", "true" },
        { "cost_per_token", "0.1" }, { "passes", "3" }, { "forward_pass", "2" }, { "compass", "north" }, { "password_file", "/opt/ml/x" }, { "PWD", "/opt/ml" },
        { "HF_TOKEN_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:123456789012:secret:hf" }, { "SECRET_NAME", "team/hf" }, { "HF_TOKEN", "" },
        { "HF_TOKEN", "ssm:/team/hf-token" }, { "PIPELINE_SECRET_HF_TOKEN", "ssm:single" },
        { "HF_TOKEN", "arn:aws:secretsmanager:us-east-1:123456789012:secret:hf" }, { "GOOGLE_APPLICATION_CREDENTIALS", "/opt/ml/input/data/code/x.json" },
        { "kms_key_arn", "arn:aws:kms:us-east-1:123456789012:key/" + RandomText }, { "sort_key", "created_at" }, { "cache_key", "dataset-2026-11-v3" },
        { "key", "train" }, { "commit", RandomText }, { "project", "sk-learn-pipelines-2024-data" }, { "training_data_uri", "s3://corpus/english/" }, { "hub_url", "https://example.com:8080/a@b" },
        { "regex", "train:loss=([-+0-9.eE]+)" }, { "regex", "token=([0-9.]+)" }, { "command", "exec bash /opt/ml/input/data/code/entrypoint.sh" },
        { "command", "HF_TOKEN=$(aws secretsmanager get-secret-value --secret-id hf) python train.py" }, { "command", "train.py --max-tokens 5 --tokenizer gpt2" },
        { "image", "123456789012.dkr.ecr.us-east-1.amazonaws.com/finetune@sha256:" + RandomText }, { "secret_sharing_ratio", "0.1" },
        { "customer_master_key_spec", "SYMMETRIC_DEFAULT" }, { "modules/storage/key.tf", RandomText },
    };

    [Theory]
    [MemberData(nameof(SecretNamesAndValues))]
    public void Given_ASecret_When_ScannedInAnyForm_Then_TheNameIsGivenAndNotTheValue(string name, string value)
    {
        foreach (var source in Forms(name, value))
        {
            var exception = Assert.Throws<PipelineException>(() => SecretScan.RequireNone([source]));
            Assert.Equal(ExitCode.BadConfiguration, exception.ExitCode);
            Assert.StartsWith($"environment_variables.{name} ({source.Name})", exception.Message, StringComparison.Ordinal);
            Assert.True(value.Length < 4 || !exception.Message.Contains(value, StringComparison.Ordinal), exception.Message);
        }
    }

    [Theory]
    [MemberData(nameof(HarmlessNamesAndValues))]
    public void Given_AHarmlessSetting_When_Scanned_Then_ItPasses(string name, string value) => Assert.Empty(SecretScan.Find(Forms(name, value)));

    [Theory]
    [InlineData("secret_environment={HF_TOKEN=\"ssm:/team/token:3\"}", true)]
    [InlineData("secret_environment={HF_TOKEN=\"abc\"}", true)]
    [InlineData("environment_variables={HF_TOKEN=\"ssm:/team/token:3\"}", false)]
    public void Given_AReferenceThatIsNone_When_Scanned_Then_TheMessageSaysHowOneLooks(string assignment, bool isReference)
    {
        var exception = Assert.Throws<PipelineException>(() => SecretScan.RequireNone([SecretScan.Variable("--var", assignment)]));

        Assert.Equal(SecretErrors.InConfiguration, exception.Code);
        Assert.Equal(isReference, exception.Message.Contains("ssm:NAME", StringComparison.Ordinal));
    }

    [Fact]
    public void Given_ASecretInALineOfOthers_When_ShownToPeople_Then_TheLineEndsBeforeIt()
    {
        Assert.Equal("login with (cut: looks like a secret)", SecretScan.CutBefore($"login with {GitHubToken} failed"));
        Assert.Equal("plain words", SecretScan.CutBefore("plain words"));
        Assert.Equal(["a", "(the rest is left out: this line looks like a secret)"], SecretScan.CutBefore(["a", PrivateKey, "MIIEowIBAAKC", "b"]));
        Assert.Equal(["step=1 train:loss=0.5", "max_tokens=4096"], SecretScan.CutBefore(["step=1 train:loss=0.5", "max_tokens=4096"]));
    }

    [Theory]
    [InlineData("entrypoint=[\"train.py\", \"--hf-token\", \"abc\"]", "entrypoint")]
    [InlineData("entrypoint=[\"sh\", \"-c\", \"WANDB_API_KEY=abc python train.py\"]", "entrypoint")]
    [InlineData("training_data_uri=https://user:word@example.com/data", "training_data_uri")]
    [InlineData("tags={ \"api_key\" : \"abc\" }", "tags.api_key")]
    [InlineData("hf_token=abc", "hf_token")]
    public void Given_AVariableOfTheCommandLine_When_Scanned_Then_TheVariableIsNamed(string variable, string path) =>
        Assert.Equal([$"{path} (--var)"], SecretScan.Find([SecretScan.Variable("--var", variable)]));

    [Theory]
    [InlineData("# HF_TOKEN = \"abc\"\n// api_key = \"abc\"\n/* password = \"abc\" */ seed = 7")]
    [InlineData("entrypoint = [\"train.py\", \"--tokens\", \"abc\"]")]
    public void Given_WhatTerraformDoesNotReadOrIsNoSecret_When_Scanned_Then_ItPasses(string text) => Assert.Empty(SecretScan.Find([new("x.tfvars", text)]));

    [Theory]
    [InlineData("hyperparameters = { a = \"1\"\n  HF_TOKEN = \"abc\n}", "hyperparameters.HF_TOKEN")]
    [InlineData("note = <<EOT\nHF_TOKEN=abc\nEOT\nseed = 1", "note")]
    [InlineData("teams = { a = { usd_per_run = 1 } }\napi_key = <<-X\n  abc\n  X\n", "api_key")]
    [InlineData("password = 12345678", "password")]
    [InlineData("list = [{ name = \"a\", password = \"b\" }]", "list.password")]
    public void Given_OddOrBrokenText_When_Scanned_Then_TheSecretIsFound(string text, string path) =>
        Assert.Equal([$"{path} (x.tfvars)"], SecretScan.Find([new("x.tfvars", text)]));

    [Fact]
    public void Given_ASecretAsAKey_When_Refused_Then_ItIsNotRepeated()
    {
        var found = Assert.Single(SecretScan.Find([new("x.tfvars", $"tags = {{ {GitHubToken} = \"1\" }}")]));

        Assert.Equal("tags (x.tfvars)", found);
    }

    [Fact]
    public void Given_TheVariableFilesOfThisRepository_When_Scanned_Then_TheyPass() => Assert.Empty(SecretScan.Find(
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "infra"), "*.tfvars*", SearchOption.AllDirectories)
            .Where(file => !file.Contains(".terraform", StringComparison.Ordinal))
            .Select(file => new SettingsSource(file, File.ReadAllText(file)))));

    // Whatever stands in one file, the scan ends and does not miss the secret of the next one.
    [Property(MaxTest = 200)]
    public bool Given_AnyText_When_Scanned_Then_TheSecretOfTheNextFileIsFound(string text) =>
        SecretScan.Find([new("x.tfvars", text ?? ""), new("y.tfvars", "hub_token = \"abc\"")])[^1] == "hub_token (y.tfvars)";

    [Property(MaxTest = 200)]
    public bool Given_AnyComment_When_Scanned_Then_TheSecretBelowItIsFound(string text) =>
        SecretScan.Find([new("x.tfvars", $"# {(text ?? "").ReplaceLineEndings(" ")}\nhub_token = \"abc\"")]) is ["hub_token (x.tfvars)"];

    [Property(MaxTest = 200)]
    public bool Given_AnyPrefixedValue_When_TheNameIsAPassword_Then_ItIsFound(int number) =>
        SecretScan.Find(Forms($"service{Math.Abs((long)number)}_password", $"v{number}")).Count == 3;

    private static SettingsSource[] Forms(string name, string value)
    {
        var text = value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return
        [
            new("a.tfvars", $"seed = 7 # one\nenvironment_variables = {{\n  A    = \"1\"\n  \"{name}\" = \"{text}\"\n}}\n"),
            new("a.tfvars.json", $$"""{"seed": 7, "environment_variables": {"A": "1", "{{name}}": "{{text}}", "B": "2" } }"""),
            SecretScan.Variable("--var", $"environment_variables={{{name}=\"{text}\"}}"),
        ];
    }
}
