using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Sns;

/// <summary>Signs what SNS sends, with a key of this sandbox that it makes when it first needs one.</summary>
internal sealed class MessageSigner(SandboxSettings settings, TimeProvider time)
{
    private const int KeyBits = 2048;
    private const int ValidYears = 10;

    private readonly Lock _gate = new();
    private (RSA Key, string Certificate)? _identity;

    /// <summary>The certificate of the key as PEM: what SigningCertURL leads to.</summary>
    public string Certificate => Identity().Certificate;

    /// <summary>The certificate's name in URLs, which changes with it.</summary>
    public string CertificateName =>
        $"SimpleNotificationService-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Certificate)))[..32]}.pem";

    /// <param name="text">What is signed.</param>
    /// <param name="version">Version of the signature: <c>1</c> uses SHA-1, <c>2</c> SHA-256.</param>
    [SuppressMessage("Security", "CA5350", Justification = "Signatures of version 1 are SHA-1 by SNS's protocol; version 2 is there for who wants more.")]
    public string Sign(string text, string version) => Convert.ToBase64String(Identity().Key.SignData(
        Encoding.UTF8.GetBytes(text), version == "2" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1));

    private (RSA Key, string Certificate) Identity()
    {
        lock (_gate)
        {
            return _identity ??= Load();
        }
    }

    private (RSA Key, string Certificate) Load()
    {
        var folder = settings.FolderOf("sns");
        var (keyFile, certificateFile) = (Path.Combine(folder, "signing-key.pem"), Path.Combine(folder, "signing-certificate.pem"));
        var key = RSA.Create(KeyBits);
        if (File.Exists(keyFile) && File.Exists(certificateFile))
        {
            key.ImportFromPem(File.ReadAllText(keyFile));
            return (key, File.ReadAllText(certificateFile));
        }

        var request = new CertificateRequest("CN=sns.amazonaws.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(ValidYears));
        AtomicFile.Write(keyFile, key.ExportPkcs8PrivateKeyPem());
        AtomicFile.Write(certificateFile, certificate.ExportCertificatePem());
        return (key, File.ReadAllText(certificateFile));
    }
}
