using System.Security.Cryptography;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Secrets;

namespace BuildPipeline.Sandbox.Kms;

/// <summary>The secret part of a key.</summary>
/// <param name="Pkcs8">DER, base64.</param>
internal sealed record KeyMaterial(string Pkcs8);

/// <summary>KMS, AWS JSON 1.1: signatures with ECDSA on the curve P-256. Keys are made by Terraform; what encrypts with them asks the registry.</summary>
internal sealed class KmsService : IAwsService
{
    private const string Spec = "ECC_NIST_P256";
    private const string Usage = "SIGN_VERIFY";
    private const string Algorithm = "ECDSA_SHA_256";

    private readonly IAccountKeys _keys;
    private readonly ProvidedKey _provided;
    private readonly PerRegion<RecordStore<KeyMaterial>> _materials;
    private readonly SandboxSettings _settings;
    private readonly AwsOperations _operations;

    public KmsService(IAccountKeys keys, ProvidedKey provided, SecretFolders folders, SandboxSettings settings)
    {
        (_keys, _provided, _materials, _settings) = (keys, provided, folders.Of<KeyMaterial>("keys"), settings);
        _operations = new(new RequestGuard("kms", "ValidationException"), new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
        {
            ["GetPublicKey"] = AwsOperations.Of(GetPublicKey),
            ["Sign"] = AwsOperations.Of(Sign),
        });
    }

    public string SigningName => "kms";

    public Task HandleAsync(HttpContext context) => AwsJsonProtocol.AnswerAsync(context, "1.1", _operations);

    private JsonObject GetPublicKey(AwsCall call)
    {
        var key = Enabled(call);
        if (key.Spec == "SYMMETRIC_DEFAULT")
        {
            throw new AwsError(400, "UnsupportedOperationException", $"{key.Arn} is a symmetric KMS key and has no public key.");
        }

        RequireEmulated(key);
        using var material = Open(key, call.Region);
        return new()
        {
            ["KeyId"] = key.Arn,
            ["PublicKey"] = Convert.ToBase64String(material.ExportSubjectPublicKeyInfo()),
            ["CustomerMasterKeySpec"] = Spec,
            ["KeySpec"] = Spec,
            ["KeyUsage"] = Usage,
            ["SigningAlgorithms"] = new JsonArray(Algorithm),
        };
    }

    private JsonObject Sign(AwsCall call)
    {
        var key = Enabled(call);
        var (message, type, algorithm) = (Convert.FromBase64String(call.Input.RequiredText("Message")), call.Input.Text("MessageType"), call.Input.RequiredText("SigningAlgorithm"));
        if (key.Usage != Usage)
        {
            throw new AwsError(400, "InvalidKeyUsageException", $"{key.Arn} key usage is {key.Usage} which is not valid for Sign.");
        }

        RequireEmulated(key);
        if (algorithm != Algorithm)
        {
            throw new AwsError(400, "InvalidKeyUsageException", $"Algorithm {algorithm} is incompatible with key spec {key.Spec}.");
        }

        if (type == "DIGEST" && message.Length != SHA256.HashSizeInBytes)
        {
            throw new AwsError(400, "ValidationException", $"Digest is invalid length for algorithm {Algorithm}.");
        }

        using var material = Open(key, call.Region);
        var signature = material.SignHash(type == "DIGEST" ? message : SHA256.HashData(message), DSASignatureFormat.Rfc3279DerSequence);
        return new() { ["KeyId"] = key.Arn, ["Signature"] = Convert.ToBase64String(signature), ["SigningAlgorithm"] = Algorithm };
    }

    private AccountKey Enabled(AwsCall call)
    {
        var name = call.Input.RequiredText("KeyId");
        if (name.Split(':') is [_, _, _, var region, ..] && region != call.Region)
        {
            throw new AwsError(400, "NotFoundException", $"Invalid arn {region}");
        }

        var key = _provided.Find(name, call.Region) ?? _keys.FindKey(name, call.Region) ?? throw NotFound(name, call.Region);
        return key.IsEnabled ? key : throw new AwsError(400, "DisabledException", $"{key.Arn} is disabled.");
    }

    private AwsError NotFound(string name, string region)
    {
        var arn = name.StartsWith("arn:", StringComparison.Ordinal) ? name : $"arn:aws:kms:{region}:{_settings.AccountId}:{(name.StartsWith("alias/", StringComparison.Ordinal) ? name : $"key/{name}")}";
        return new(400, "NotFoundException", arn.Contains(":alias/", StringComparison.Ordinal) ? $"Alias {arn} is not found." : $"Key '{arn}' does not exist");
    }

    private static void RequireEmulated(AccountKey key)
    {
        if (key.Spec != Spec || key.Usage != Usage)
        {
            throw new AwsError(400, "UnsupportedOperationException", $"The sandbox emulates keys of spec {Spec} and usage {Usage} only; {key.Arn} is of spec {key.Spec} and usage {key.Usage}.");
        }
    }

    // Made at the first use: nobody can tell.
    private ECDsa Open(AccountKey key, string region)
    {
        var materials = _materials.In(region);
        lock (materials.Gate)
        {
            if (materials.Find(key.Arn) is { } known)
            {
                var opened = ECDsa.Create();
                opened.ImportPkcs8PrivateKey(Convert.FromBase64String(known.Pkcs8), out _);
                return opened;
            }

            var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            materials.Put(key.Arn, new KeyMaterial(Convert.ToBase64String(made.ExportPkcs8PrivateKey())));
            return made;
        }
    }
}
