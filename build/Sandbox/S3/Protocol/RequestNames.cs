using BuildPipeline.Sandbox.Models;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Holds the query and the headers of a request against those of its operation: what the sandbox does not emulate is refused by its name.</summary>
internal static class RequestNames
{
    private const string AmazonPrefix = "x-amz-";
    private const string EncryptionHeader = "x-amz-server-side-encryption";
    private const string AlgorithmHeader = "x-amz-sdk-checksum-algorithm";
    private const string MetadataPrefix = "x-amz-meta-";

    /// <summary>What belongs to the signature, the transfer and the SDKs, and is no part of any operation.</summary>
    private static readonly HashSet<string> Common = new(StringComparer.OrdinalIgnoreCase)
    {
        "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signedheaders", "x-amz-signature", "x-amz-security-token",
        "x-amz-content-sha256", "x-amz-decoded-content-length", "x-amz-trailer", "x-amz-user-agent", "x-amz-api-version",
    };

    private static readonly Dictionary<string, OperationNames> Operations =
        S3Route.Model.Support.Keys.ToDictionary(operation => operation, operation => new OperationNames(operation));

    /// <exception cref="AwsError">NotImplemented with the name, or S3's error for a value that is not in its enumeration.</exception>
    public static void Check(S3Call call, string operation)
    {
        var known = Operations[operation];
        if (call.Header(EncryptionHeader) is not null && !known.Has(EncryptionHeader))
        {
            throw S3Errors.InvalidArgument($"{EncryptionHeader} header is not supported for this operation.");
        }

        foreach (var (name, value) in call.Request.Query)
        {
            // S3 leaves names that begin with x- to its callers.
            if (!known.Flags.Contains(name) && (!name.StartsWith("x-", StringComparison.OrdinalIgnoreCase) || IsAmazons(name)))
            {
                known.Check(name, value.ToString(), "query parameter");
            }
        }

        foreach (var (name, value) in call.Request.Headers)
        {
            if (IsAmazons(name) || name.StartsWith("If-", StringComparison.OrdinalIgnoreCase))
            {
                known.Check(name, value.ToString(), "header");
            }
        }
    }

    private static bool IsAmazons(string name) =>
        name.StartsWith(AmazonPrefix, StringComparison.OrdinalIgnoreCase) && !Common.Contains(name);

    private static AwsError InvalidValue(string name, string value) => name.ToLowerInvariant() switch
    {
        "x-amz-storage-class" => new AwsError(400, "InvalidStorageClass", "The storage class you specified is not valid"),
        "x-amz-checksum-algorithm" or "x-amz-sdk-checksum-algorithm" =>
            S3Errors.InvalidRequest($"Checksum algorithm provided is unsupported: {value}"),
        _ => S3Errors.InvalidArgument($"{name} has no value '{value}'."),
    };

    /// <summary>The query and header names of one emulated operation.</summary>
    private sealed class OperationNames(string operation)
    {
        private readonly OperationSupport _support = S3Route.Model.Support[operation];
        private readonly Dictionary<string, (string Member, Shape Shape)> _members = S3Route.Model.InputOf(operation).Members
            .Where(member => member.Value.Location is "querystring" or "header" or "headers")
            .ToDictionary(
                member => member.Value.Name ?? member.Key, member => (member.Key, S3Route.Model.ShapeOf(member.Value)), StringComparer.OrdinalIgnoreCase);

        public HashSet<string> Flags { get; } = [.. S3Route.FlagsOf(operation)];

        public bool Has(string name) => _members.ContainsKey(name);

        public void Check(string name, string value, string kind)
        {
            if (_members.ContainsKey(AlgorithmHeader) && ChecksumAlgorithm.All.Any(algorithm => algorithm.Header.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                return;
            }

            var wire = name.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase) ? MetadataPrefix : name;
            if (!_members.TryGetValue(wire, out var member) || _support.Find(member.Member) == MemberSupport.Refused)
            {
                throw S3Errors.NotImplemented($"the {kind} '{name}' of {operation}");
            }

            if (value.Length > 0 && member.Shape.Enum?.Contains(value) == false)
            {
                throw InvalidValue(name, value);
            }

            if (!_support.Takes(member.Member, value))
            {
                throw S3Errors.NotImplemented($"the value '{value}' of '{name}'");
            }
        }
    }
}
