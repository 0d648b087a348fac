using BuildPipeline.Accounts;
using BuildPipeline.Aws;

namespace BuildPipeline.Doctor;

/// <summary>What is known of the bucket of the Terraform state; null is what these credentials may not read.</summary>
/// <param name="Name">Name of the bucket.</param>
/// <param name="Exists">False if there is none.</param>
/// <param name="IsVersioned">True if it keeps old versions.</param>
/// <param name="Encryption">Algorithm of its default encryption, or <see cref="NotEncrypted"/>.</param>
/// <param name="RequiresTls">True if its policy denies requests without TLS.</param>
public sealed record StateBucketStatus(string Name, bool Exists, bool? IsVersioned = null, string? Encryption = null, bool? RequiresTls = null)
{
    /// <summary>In the place of an algorithm: the bucket has no default encryption.</summary>
    public const string NotEncrypted = "none";
}

/// <summary>A call that these credentials may make or not.</summary>
/// <param name="Action">For example <c>sagemaker:ListTrainingJobs</c>.</param>
/// <param name="IsNeeded">False if a run works without it.</param>
/// <param name="IsAllowed">False if AWS denied it.</param>
public sealed record Permission(string Action, bool IsNeeded, bool IsAllowed);

/// <summary>Judges the account: whose it is, what these credentials may do, and where the state is kept.</summary>
public static class AccountChecks
{
    private static readonly TimeSpan Short = TimeSpan.FromHours(1);

    /// <summary>Whose credentials these are.</summary>
    /// <param name="caller">As AWS says.</param>
    /// <param name="left">How long they are valid; null if they do not expire, or do not say so.</param>
    /// <param name="allowed">The accounts of <c>allowed_account_ids</c>; empty allows each.</param>
    public static Check Credentials(CallerIdentity caller, TimeSpan? left, IReadOnlyList<string> allowed) => allowed.Count == 0 || allowed.Contains(caller.Account)
        ? left < Short
            ? Check.Warning("credentials", $"{caller.Arn}, account {caller.Account}, valid for {left.Value.InWords()} only. A longer launch needs new ones and then resumes.")
            : Check.Good("credentials", $"{caller.Arn}, account {caller.Account}{(left is null ? "" : $", valid for {left.Value.InWords()}")}{(allowed.Count == 0 ? "; allowed_account_ids names no account" : "")}")
        : Check.Failed("credentials", DoctorErrors.OtherAccount, $"{caller.Arn} belongs to account {caller.Account}, but allowed_account_ids has {string.Join(", ", allowed)}. Use other credentials, or correct the variable.");

    /// <summary>The key that signs approvals.</summary>
    /// <param name="usage">What KMS lets it do.</param>
    /// <param name="fingerprint">SHA-256 of its public part, hex.</param>
    /// <param name="pinned">The same of the key that the environment's file trusts; null if there is no such file.</param>
    /// <param name="file">Path of that file.</param>
    public static Check ApprovalKey(string usage, string fingerprint, string? pinned, string file) =>
        usage != "SIGN_VERIFY" ? Check.Failed("approval key", DoctorErrors.ApprovalKey, $"KMS has the key of approval_key_arn for {usage}, and approvals need SIGN_VERIFY. Apply infra/access, and take its output.")
        : pinned is null ? Check.Warning("approval key", $"{fingerprint}. There is no {file}, so whoever rewrites records can leave the signature out. docs/security.md has the command that writes it.")
        : pinned != fingerprint ? Check.Failed("approval key", DoctorErrors.ApprovalKey, $"KMS has key {fingerprint}, and {file} trusts {pinned}. Find out which one is right, and correct approval_key_arn or the file.")
        : Check.Good("approval key", $"{fingerprint}, as in {file}. Only a launch may sign, which is not tried.");

    /// <summary>The bucket of the Terraform state.</summary>
    /// <param name="bucket">What is known of it.</param>
    /// <param name="create">How it is created, or brought to what it should be.</param>
    public static Check State(StateBucketStatus bucket, string create)
    {
        if (!bucket.Exists)
        {
            return Check.Failed("state bucket", DoctorErrors.NoStateBucket, $"The bucket {bucket.Name} does not exist. {create}");
        }

        string[] faults =
        [
            .. bucket.Encryption == StateBucketStatus.NotEncrypted ? ["has no default encryption"] : Array.Empty<string>(),
            .. bucket.IsVersioned == false ? ["keeps no old versions, so an overwritten state is lost"] : Array.Empty<string>(),
            .. bucket.RequiresTls == false ? ["accepts requests without TLS"] : Array.Empty<string>(),
        ];
        string[] unknown =
        [
            .. bucket.IsVersioned is null ? ["versioning"] : Array.Empty<string>(),
            .. bucket.Encryption is null ? ["encryption"] : Array.Empty<string>(),
            .. bucket.RequiresTls is null ? ["policy"] : Array.Empty<string>(),
        ];
        var sentence = $"{bucket.Name} {string.Join(", and ", faults)}. {create}";
        return bucket.Encryption == StateBucketStatus.NotEncrypted ? Check.Failed("state bucket", DoctorErrors.StateNotEncrypted, sentence)
            : faults.Length > 0 ? Check.Warning("state bucket", sentence)
            : unknown.Length > 0 ? Check.Warning("state bucket", $"{bucket.Name} exists. These credentials may not read its {string.Join(", ", unknown)}.")
            : Check.Good("state bucket", $"{bucket.Name}: versioned, encrypted ({bucket.Encryption}), TLS only");
    }

    /// <summary>Whether spending is frozen: one check for each freeze that holds.</summary>
    /// <param name="holding">A sentence on each of them.</param>
    public static IReadOnlyList<Check> Freezes(IReadOnlyList<string> holding) => holding.Count == 0
        ? [Check.Good("freeze", "spending is not frozen")]
        : [.. holding.Select(freeze => Check.Warning("freeze", $"{freeze}. Nothing new is started."))];

    /// <summary>What these credentials may do, as far as calls that only read can tell.</summary>
    public static Check Permissions(IReadOnlyList<Permission> permissions)
    {
        var denied = permissions.Where(permission => !permission.IsAllowed).ToList();
        var sentence = $"AWS denies {string.Join(", ", denied.Select(permission => permission.Action))}. docs/security.md has the policy of each role.";
        return denied.Exists(permission => permission.IsNeeded) ? Check.Failed("permissions", AccountErrors.AccessDenied, sentence)
            : denied.Count > 0 ? Check.Warning("permissions", sentence)
            : Check.Good("permissions", $"{string.Join(", ", permissions.Select(permission => permission.Action))}. What changes the account is not tried.");
    }
}
