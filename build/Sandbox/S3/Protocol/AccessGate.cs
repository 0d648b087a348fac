using System.Runtime.CompilerServices;
using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Policies;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Policies;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Holds requests against the policies and the access control lists of what they are for.</summary>
internal sealed class AccessGate(ObjectStore store, Accounts accounts, SessionGate sessions)
{
    // Of these, others decide: DeleteObjects is checked object by object.
    private static readonly string[] Free = ["ListBuckets", "CreateBucket", "DeleteObjects"];

    // Whoever locks himself out can still change the policy, as the account's root user can.
    private static readonly string[] OfRoot = ["GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy"];

    /// <summary>What a write asks for besides, by the header that says so. The account's users have it anyway.</summary>
    private static readonly Dictionary<string, string> WithHeaders = new()
    {
        ["x-amz-object-lock-mode"] = "PutObjectRetention",
        ["x-amz-object-lock-retain-until-date"] = "PutObjectRetention",
        ["x-amz-object-lock-legal-hold"] = "PutObjectLegalHold",
        ["x-amz-bypass-governance-retention"] = "BypassGovernanceRetention",
    };

    /// <summary>Each policy is parsed once: the store gives out the same text until another is put.</summary>
    private readonly ConditionalWeakTable<string, BucketPolicy> _parsed = [];

    /// <exception cref="AwsError">AccessDenied.</exception>
    public void Check(S3Call call)
    {
        if (Free.Contains(call.Operation))
        {
            CheckFree(call);
            return;
        }

        Check(call, call.Operation, call.Bucket, call.Key, call.Query("versionId"));
        if (call.Header("x-amz-copy-source") is not null && CopySource.Parse(call) is var source)
        {
            Check(call, "GetObject", source.Bucket, source.Key, source.VersionId);
        }

        if (call.Operation == "GetObjectAttributes")
        {
            CheckSession(call, "GetObject", call.Bucket, call.Key, call.Query("versionId"));
        }

        if (call.Header("x-amz-tagging") is not null)
        {
            CheckWith(call, "PutObjectTagging", isGiven: false);
        }

        if (call.Key.Length > 0 && call.Operation != "PutObjectAcl" && AclHeaders.AreIn(call))
        {
            // The new object is the writer's own.
            CheckWith(call, "PutObjectAcl", isGiven: true);
        }

        foreach (var operation in WithHeaders.Where(entry => call.Header(entry.Key) is not null).Select(entry => entry.Value).Distinct())
        {
            CheckSession(call, operation, call.Bucket, call.Key, versionId: null);
        }
    }

    /// <summary>Checks one operation on one object or bucket, which a request asks for by itself or among others.</summary>
    public void Check(S3Call call, string operation, string bucket, string key, string? versionId)
    {
        if (!store.BucketExists(bucket))
        {
            return;
        }

        var record = store.Describe(bucket);
        var (owner, policy) = (accounts.OwnerOf(record), PolicyOf(record));
        CheckSession(call, operation, bucket, key, versionId);
        if (call.Requester.User == owner && OfRoot.Contains(operation))
        {
            return;
        }

        var request = Request(call, operation, record, bucket, key, versionId);
        if (policy?.Denies(request) == true || !Decide(call, operation, record, bucket, key, versionId, policy, request).Allows)
        {
            throw S3Errors.AccessDenied();
        }
    }

    /// <summary>Checks what the writer of an object asks for besides.</summary>
    /// <param name="isGiven">Whether the right to write gives the other one to callers of other accounts too.</param>
    private void CheckWith(S3Call call, string operation, bool isGiven)
    {
        if (!store.BucketExists(call.Bucket))
        {
            return;
        }

        var record = store.Describe(call.Bucket);
        CheckSession(call, operation, call.Bucket, call.Key, versionId: null);
        var (policy, request) = (PolicyOf(record), Request(call, operation, record, call.Bucket, call.Key, versionId: null));
        if (policy?.Denies(request) == true
            || !(isGiven || accounts.OwnerOf(record) == call.Requester.User || AllowsBy(policy, request, record, call.Requester)))
        {
            throw S3Errors.AccessDenied();
        }
    }

    /// <summary>Holds a new policy against S3's rules.</summary>
    public void CheckPolicy(string bucket, string policy)
    {
        var record = store.Describe(bucket);
        BucketPolicy.Parse(policy).Check(bucket, PublicAccessBlock.From(record).BlockPublicPolicy);
    }

    /// <returns>Null if the bucket has none.</returns>
    public BucketPolicy? PolicyOf(BucketRecord bucket) =>
        bucket.Settings.GetValueOrDefault("policy") is { } text ? _parsed.GetValue(text, BucketPolicy.Parse) : null;

    /// <summary>What nobody owns yet, or everybody may ask for whose policies allow it.</summary>
    private void CheckFree(S3Call call)
    {
        if (call.Requester.Caller is { Session: not null } caller && call.Operation != "DeleteObjects")
        {
            var permission = call.Operation == "ListBuckets"
                ? new Permission("s3:ListAllMyBuckets", "arn:aws:s3:::*")
                : new Permission("s3:CreateBucket", BucketPolicy.ResourceOf(call.Bucket, ""));
            sessions.Require(caller, permission, AwsScope.Current(call.Context).Region);
        }
    }

    /// <summary>A session has, of what its account has, what its policies allow.</summary>
    private void CheckSession(S3Call call, string operation, string bucket, string key, string? versionId)
    {
        if (call.Requester.Caller is not { Session: not null } caller || !store.BucketExists(bucket))
        {
            return;
        }

        var record = store.Describe(bucket);
        var request = Request(call, operation, record, bucket, key, versionId);
        var permission = new Permission(request.Action, request.Resource).With(PolicyKeys.Recorded
            .Concat(TagSet.Parse(call.Header("x-amz-tagging")).Select(tag => PolicyKeys.RequestTag + tag.Key))
            .Select(name => KeyValuePair.Create(name, Values(call, name, record, bucket, key, versionId))));
        sessions.Require(caller, permission, record, request.Values);
        var found = key.Length == 0 ? null : store.Record(bucket, key, versionId);
        if (operation == "GetObject" && found is not null)
        {
            sessions.RequireKey(caller, found.Headers, bucket, key, "kms:Decrypt");
        }
        else if (found is null && key.Length > 0 && !AccessDecision.IsOnBucket(operation) && !operation.StartsWith("Put", StringComparison.Ordinal))
        {
            // Who may not list a bucket is not told what is absent.
            sessions.Require(caller, new Permission("s3:ListBucket", BucketPolicy.ResourceOf(bucket, "")).With(PolicyKeys.Prefix, key), record, request.Values);
        }
    }

    private AccessDecision Decide(
        S3Call call, string operation, BucketRecord record, string bucket, string key, string? versionId, BucketPolicy? policy, PolicyRequest request)
    {
        var found = key.Length > 0 && store.Record(bucket, key, versionId) is { IsDeleteMarker: false } version
            ? new Owned(accounts.OwnerOf(version.Headers, record), Visible(accounts.GrantsOf(version.Headers, record), record))
            : null;

        // Whether a caller may know that a key is absent is decided as if he listed it.
        var listing = request with
        {
            Action = PolicyActions.Of("ListObjects", namesVersion: false),
            Resource = BucketPolicy.ResourceOf(bucket, ""),
            Values = name => name.Equals(PolicyKeys.Prefix, StringComparison.OrdinalIgnoreCase) ? [key] : request.Values(name),
        };
        return new AccessDecision(
            operation, key.Length > 0, call.Requester.User, new Owned(accounts.OwnerOf(record), Visible(accounts.GrantsOf(record), record)), found,
            AllowsBy(policy, request, record, call.Requester), AllowsBy(policy, listing, record, call.Requester));
    }

    /// <summary>A public policy lets in nobody but the owner's account where the bucket is restricted.</summary>
    private bool AllowsBy(BucketPolicy? policy, PolicyRequest request, BucketRecord record, Requester requester) =>
        policy?.Allows(request) == true
        && (requester.User == accounts.OwnerOf(record) || !policy.IsPublic || !PublicAccessBlock.From(record).RestrictPublicBuckets);

    private static IReadOnlyList<Grant> Visible(IReadOnlyList<Grant> grants, BucketRecord bucket) =>
        grants.Any(grant => grant.IsPublic) && PublicAccessBlock.From(bucket).IgnorePublicAcls ? [.. grants.Where(grant => !grant.IsPublic)] : grants;

    private PolicyRequest Request(S3Call call, string operation, BucketRecord record, string bucket, string key, string? versionId) => new(
        PolicyActions.Of(operation, versionId is not null), BucketPolicy.ResourceOf(bucket, key), call.Requester.Principal,
        name => Values(call, name, record, bucket, key, versionId));

    private IReadOnlyList<string> Values(S3Call call, string name, BucketRecord record, string bucket, string key, string? versionId)
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
            ?? call.Requester.Keys.GetValueOrDefault(name)
            ?? (PolicyKeys.Queries.TryGetValue(name, out var parameter) ? call.Query(parameter) : null)
            ?? (PolicyKeys.Headers.TryGetValue(name, out var header) ? call.Header(header) : null)
            ?? (PolicyKeys.OfResource.Contains(name, StringComparer.OrdinalIgnoreCase) ? accounts.AccountOf(record) : null)
            ?? (name.StartsWith(PolicyKeys.Header, StringComparison.OrdinalIgnoreCase) ? call.Header(name["s3:".Length..]) : null);
        return value is null ? [] : [value];
    }
}
