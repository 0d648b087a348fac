using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.S3.Policies;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Holds requests against the policies of the buckets that they are for.</summary>
internal sealed class PolicyGate(ObjectStore store, SandboxSettings settings)
{
    // Whoever locks himself out can still change the policy, as the account's root user can.
    private static readonly string[] Free = ["ListBuckets", "CreateBucket", "DeleteObjects", "GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy"];

    private readonly string[] _principals =
        ["*", $"arn:aws:iam::{settings.AccountId}:user/sandbox", $"arn:aws:iam::{settings.AccountId}:root", settings.AccountId];

    /// <exception cref="Protocols.AwsError">AccessDenied.</exception>
    public void Check(S3Call call)
    {
        if (Free.Contains(call.Operation))
        {
            return;
        }

        Check(call, call.Operation, call.Bucket, call.Key, call.Query("versionId"));
        if (call.Header("x-amz-copy-source") is not null && CopySource.Parse(call) is var source)
        {
            Check(call, "GetObject", source.Bucket, source.Key, source.VersionId);
        }

        if (call.Header("x-amz-tagging") is not null)
        {
            Check(call, "PutObjectTagging", call.Bucket, call.Key, versionId: null);
        }
    }

    /// <summary>Checks one operation on one object or bucket, which a request asks for by itself or among others.</summary>
    public void Check(S3Call call, string operation, string bucket, string key, string? versionId)
    {
        if (!store.BucketExists(bucket) || store.GetBucketSetting(bucket, "policy") is not { } text)
        {
            return;
        }

        var resource = $"arn:aws:s3:::{bucket}{(key.Length == 0 ? "" : "/" + key)}";
        var request = new PolicyRequest(
            PolicyActions.Of(operation, versionId is not null), resource, _principals, name => Values(call, name, bucket, key, versionId));
        if (BucketPolicy.Parse(text).Denies(request))
        {
            throw S3Errors.AccessDenied();
        }
    }

    /// <summary>Holds a new policy against S3's rules.</summary>
    public void CheckPolicy(string bucket, string policy)
    {
        var blocks = store.Describe(bucket).Document("publicAccessBlock")?.ChildText("BlockPublicPolicy") == "true";
        BucketPolicy.Parse(policy).Check(bucket, settings.AccountId, blocks);
    }

    private IReadOnlyList<string> Values(S3Call call, string name, string bucket, string key, string? versionId)
    {
        var tagged = name.StartsWith(PolicyKeys.ExistingTag, StringComparison.OrdinalIgnoreCase);
        if (tagged || name.StartsWith(PolicyKeys.RequestTag, StringComparison.OrdinalIgnoreCase))
        {
            var query = tagged && key.Length > 0 ? store.Record(bucket, key, versionId)?.Headers.Tagging : call.Header("x-amz-tagging");
            return [.. TagSet.Parse(query).Where(tag => tag.Key == name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..]).Select(tag => tag.Value)];
        }

        if (name.Equals(PolicyKeys.RequestTagKeys, StringComparison.OrdinalIgnoreCase))
        {
            return [.. TagSet.Parse(call.Header("x-amz-tagging")).Select(tag => tag.Key)];
        }

        var value = PolicyKeys.Fixed.GetValueOrDefault(name)
            ?? (PolicyKeys.Queries.TryGetValue(name, out var parameter) ? call.Query(parameter) : null)
            ?? (PolicyKeys.OfAccount.Contains(name, StringComparer.OrdinalIgnoreCase) ? settings.AccountId : null)
            ?? (name.Equals(PolicyKeys.PrincipalArn, StringComparison.OrdinalIgnoreCase) ? _principals[1] : null)
            ?? (name.StartsWith(PolicyKeys.Header, StringComparison.OrdinalIgnoreCase) ? call.Header(name["s3:".Length..]) : null);
        return value is null ? [] : [value];
    }
}
