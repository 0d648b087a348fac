using System.Security.Cryptography;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Kms;
using BuildPipeline.Sandbox.Secrets;
using BuildPipeline.Sandbox.Tests.Models;

namespace BuildPipeline.Sandbox.Tests.Kms;

/// <summary>KMS: signatures, and what it refuses in AWS's codes.</summary>
public sealed class KmsTests : IDisposable
{
    private const string Prefix = "arn:aws:kms:us-east-1:000000000000:key/";
    private const string Provided = "arn:aws:kms:us-east-1:000000000000:alias/sandbox-approvals";

    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-kms-").FullName;
    private readonly Dictionary<string, AccountKey> _keys = new(StringComparer.Ordinal)
    {
        ["alias/team"] = new(Prefix + "a", true, "SIGN_VERIFY", "ECC_NIST_P256"),
        ["disabled"] = new(Prefix + "d", false, "SIGN_VERIFY", "ECC_NIST_P256"),
        ["symmetric"] = new(Prefix + "s", true, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT"),
        ["rsa"] = new(Prefix + "r", true, "SIGN_VERIFY", "RSA_2048"),
    };

    private KmsService Kms => new(new Keys(_keys), new ProvidedKey(new SandboxSettings(_folder)), new SecretFolders(new SandboxSettings(_folder)), new SandboxSettings(_folder));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [Effect("GetPublicKey", "KeyId")]
    [Effect("Sign", "KeyId", "Message", "MessageType", "SigningAlgorithm")]
    [InlineData("alias/team", "RAW")]
    [InlineData("alias/team", "DIGEST")]
    [InlineData("alias/sandbox-approvals", null)]
    [InlineData(Provided, "DIGEST")]
    public async Task Given_a_key_that_signs_When_a_message_is_signed_Then_its_public_part_verifies_it_also_after_a_restart(string key, string? type)
    {
        var message = "pay 1.51 USD"u8.ToArray();
        var sent = type == "DIGEST" ? SHA256.HashData(message) : message;

        var signed = await Kms.CallAsync("Sign", Request(key, sent, type).ToJsonString());
        var known = await Kms.CallAsync("GetPublicKey", new JsonObject { ["KeyId"] = key }.ToJsonString());

        using var verifier = ECDsa.Create();
        verifier.ImportSubjectPublicKeyInfo(Convert.FromBase64String((string)known["PublicKey"]!), out _);
        Assert.True(verifier.VerifyData(message, Convert.FromBase64String((string)signed["Signature"]!), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        Assert.Equal((string?)known["KeyId"], (string?)signed["KeyId"]);
        Assert.StartsWith(Prefix, (string?)known["KeyId"], StringComparison.Ordinal);
        Assert.Equal(("SIGN_VERIFY", "ECC_NIST_P256", "ECDSA_SHA_256"), ((string?)known["KeyUsage"], (string?)known["KeySpec"], (string?)known["SigningAlgorithms"]![0]));
    }

    [Fact]
    public async Task Given_two_keys_When_read_Then_they_differ()
    {
        var team = await Kms.CallAsync("GetPublicKey", """{"KeyId":"alias/team"}""");
        var provided = await Kms.CallAsync("GetPublicKey", """{"KeyId":"alias/sandbox-approvals"}""");

        Assert.NotEqual((string?)team["PublicKey"], (string?)provided["PublicKey"]);
    }

    [Theory]
    [InlineData("11111111-2222-3333-4444-555555555555", "NotFoundException", "Key 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555' does not exist")]
    [InlineData("alias/other", "NotFoundException", "Alias arn:aws:kms:us-east-1:000000000000:alias/other is not found.")]
    [InlineData("arn:aws:kms:eu-west-1:000000000000:alias/sandbox-approvals", "NotFoundException", "Invalid arn eu-west-1")]
    [InlineData("disabled", "DisabledException", Prefix + "d is disabled.")]
    [InlineData("symmetric", "InvalidKeyUsageException", Prefix + "s key usage is ENCRYPT_DECRYPT which is not valid for Sign.")]
    [InlineData("rsa", "UnsupportedOperationException", null)]
    public async Task Given_a_key_that_does_not_sign_here_When_it_is_to_sign_Then_it_is_refused(string key, string code, string? message)
    {
        var refused = await Kms.RefusedAsync("Sign", Request(key, [1], null).ToJsonString());

        Assert.Equal(code, refused.Code);
        Assert.Equal(message ?? refused.Message, refused.Message);
    }

    [Theory]
    [InlineData("RSASSA_PSS_SHA_256", "RAW", "InvalidKeyUsageException")]
    [InlineData("ECDSA_SHA_384", "RAW", "InvalidKeyUsageException")]
    [InlineData("ECDSA_SHA_256", "DIGEST", "ValidationException")]
    [InlineData("ECDSA_SHA_256", "EXTERNAL_MU", "ValidationException")]
    public async Task Given_an_algorithm_or_a_message_that_does_not_fit_When_signed_Then_it_is_refused(string algorithm, string type, string code)
    {
        var request = Request("alias/team", [1], type);
        request["SigningAlgorithm"] = algorithm;

        Assert.Equal(code, (await Kms.RefusedAsync("Sign", request.ToJsonString())).Code);
    }

    [Theory]
    [InlineData("symmetric", "UnsupportedOperationException")]
    [InlineData("rsa", "UnsupportedOperationException")]
    [InlineData("disabled", "DisabledException")]
    public async Task Given_a_key_without_a_public_part_here_When_it_is_read_Then_it_is_refused(string key, string code) =>
        Assert.Equal(code, (await Kms.RefusedAsync("GetPublicKey", new JsonObject { ["KeyId"] = key }.ToJsonString())).Code);

    [Fact]
    public void Given_the_provided_key_When_its_alias_is_looked_up_Then_it_stands_for_the_key_with_the_tags_of_the_environment()
    {
        var facts = ((IResourceFacts)new ProvidedKey(new SandboxSettings(_folder))).Find(Provided)!;

        Assert.StartsWith(Prefix, facts.Arn, StringComparison.Ordinal);
        Assert.Equal(["approvals", "research", "sandbox"], facts.Tags.Values.Order(StringComparer.Ordinal));
    }

    private static JsonObject Request(string key, byte[] message, string? type)
    {
        var request = new JsonObject { ["KeyId"] = key, ["Message"] = Convert.ToBase64String(message), ["SigningAlgorithm"] = "ECDSA_SHA_256" };
        if (type is not null)
        {
            request["MessageType"] = type;
        }

        return request;
    }

    private sealed class Keys(Dictionary<string, AccountKey> keys) : IAccountKeys
    {
        public AccountKey? FindKey(string name, string region) => keys.GetValueOrDefault(name);
    }
}
