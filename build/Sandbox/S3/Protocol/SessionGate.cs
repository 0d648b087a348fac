using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Policies;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Policies;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Holds what sessions of roles do in S3 against the policies of role, bucket and key.</summary>
internal sealed class SessionGate(ObjectStore store, Accounts accounts, Authorizer authorizer, IKeyPolicies keys) : IObjectAccess
{
    private const string Service = "s3";
    private const string Separator = "aws:s3:arn";

    /// <summary>Refuses what the policies of role and bucket do not allow.</summary>
    /// <param name="permission">Of the action on the bucket or object, with its keys.</param>
    /// <param name="others">Keys that are not recorded.</param>
    /// <exception cref="AwsError">AccessDenied.</exception>
    public void Require(Caller caller, Permission permission, BucketRecord bucket, PolicyValues? others = null)
    {
        var owner = accounts.AccountOf(bucket);
        var policy = bucket.Settings.GetValueOrDefault("policy") is { } text ? authorizer.PolicyOf(text, owner) : new ResourcePolicy(null, owner);
        var (request, decision) = authorizer.Decide(caller, permission, bucket.Region, policy, others);
        if (!decision.IsAllowed)
        {
            throw owner == caller.Account ? Refusal(request, decision) : S3Errors.AccessDenied();
        }
    }

    /// <summary>Refuses what is on no bucket that exists.</summary>
    /// <exception cref="AwsError">AccessDenied.</exception>
    public void Require(Caller caller, Permission permission, string region)
    {
        var (request, decision) = authorizer.Decide(caller, permission, region, policy: null);
        if (!decision.IsAllowed)
        {
            throw Refusal(request, decision);
        }
    }

    /// <summary>Refuses a use of a key that the policies of role and key do not allow. A key that AWS manages is open to all who may use S3.</summary>
    /// <param name="headers">Of the object, with its encryption.</param>
    /// <exception cref="AwsError">AccessDenied.</exception>
    public void RequireKey(Caller? caller, ObjectHeaders headers, string bucket, string key, params IEnumerable<string> actions)
    {
        if (caller?.Session is null || headers.KmsKeyId is not { } name || keys.FindKey(name) is not { } found)
        {
            return;
        }

        var region = store.Describe(bucket).Region;
        var hasBucketKey = headers.Others?.GetValueOrDefault(DefaultEncryption.BucketKeyHeader) == "true";
        foreach (var action in actions)
        {
            var permission = new Permission(action, found.Arn)
                .With("kms:ViaService", $"s3.{region}.amazonaws.com")
                .With("kms:CallerAccount", caller.Account)
                .With("kms:EncryptionContextKeys", Separator)
                .With("kms:EncryptionContext:" + Separator, BucketPolicy.ResourceOf(bucket, hasBucketKey ? "" : key))
                .With("aws:ViaAWSService", "true");
            authorizer.Require(Service, caller, permission, region, authorizer.PolicyOf(found.Policy, found.Arn.Split(':')[4], decides: true));
        }
    }

    void IObjectAccess.Require(Caller caller, string operation, string bucket, string key, ObjectHeaders? headers)
    {
        if (!store.BucketExists(bucket))
        {
            return;
        }

        var isListing = operation == "ListObjectsV2";
        var permission = new Permission(PolicyActions.Of(operation, namesVersion: false), BucketPolicy.ResourceOf(bucket, isListing ? "" : key))
            .With("s3:signatureversion", Requester.SignatureVersion)
            .With(PolicyKeys.Prefix, isListing ? key : null)
            .With("s3:x-amz-server-side-encryption", headers?.ServerSideEncryption)
            .With("s3:x-amz-server-side-encryption-aws-kms-key-id", headers?.KmsKeyId);
        Require(caller, permission, store.Describe(bucket));
        if (operation == "GetObject" && store.Record(bucket, key, versionId: null) is { } version)
        {
            RequireKey(caller, version.Headers, bucket, key, "kms:Decrypt");
        }
        else if (headers is not null)
        {
            RequireKey(caller, headers, bucket, key, "kms:GenerateDataKey");
        }
    }

    private static AwsError Refusal(PolicyRequest request, PolicyDecision decision) =>
        AuthorizationErrors.Of(Service, decision.MessageFor(request with { Resource = $"\"{request.Resource}\"" }));
}
