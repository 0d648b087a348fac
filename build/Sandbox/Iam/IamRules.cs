using System.Security.Cryptography;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Iam;

/// <summary>IAM's quotas, and how it names things.</summary>
internal static class IamRules
{
    public const int MostAttached = 10;
    public const int MostVersions = 5;

    private const int MostTags = 50;
    private const int LongestTrustPolicy = 2048;
    private const int LongestInline = 10240;
    private const int LongestManaged = 6144;
    private const int IdLength = 17;
    private const string IdCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static readonly TagRules Tags = new(MostTags, IamErrors.Invalid);

    /// <summary>A new unique id.</summary>
    /// <param name="prefix">Tells the kind, for example <c>AROA</c> for a role.</param>
    public static string NewId(string prefix) => prefix + RandomNumberGenerator.GetString(IdCharacters, IdLength);

    /// <summary>An operation that no other runs beside.</summary>
    public static AwsOperation Alone(IamStore store, Func<AwsCall, System.Text.Json.Nodes.JsonObject?> answer) => AwsOperations.Of(call =>
    {
        lock (store.Gate)
        {
            return answer(call);
        }
    });

    /// <summary>An ARN of the account.</summary>
    /// <param name="resource">For example <c>role/NAME</c>.</param>
    public static string Arn(SandboxSettings settings, AwsCall call, string resource) =>
        $"arn:{Partition.From(call.Region).Name}:iam::{settings.AccountId}:{resource}";

    /// <summary>Now, to the second: IAM has no finer times.</summary>
    public static DateTimeOffset Now(TimeProvider time) => DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());

    /// <exception cref="AwsError">LimitExceeded.</exception>
    public static void CheckTrustSize(string document)
    {
        if (SizeOf(document) > LongestTrustPolicy)
        {
            throw IamErrors.Limit($"Cannot exceed quota for ACLSizePerRole: {LongestTrustPolicy}");
        }
    }

    /// <param name="documents">All inline policies of the role.</param>
    /// <exception cref="AwsError">LimitExceeded.</exception>
    public static void CheckInlineSize(string role, IEnumerable<string> documents)
    {
        if (documents.Sum(SizeOf) > LongestInline)
        {
            throw IamErrors.Limit($"Maximum policy size of {LongestInline} bytes exceeded for role {role}");
        }
    }

    /// <exception cref="AwsError">LimitExceeded.</exception>
    public static void CheckManagedSize(string document)
    {
        if (SizeOf(document) > LongestManaged)
        {
            throw IamErrors.Limit($"Cannot exceed quota for PolicySize: {LongestManaged}");
        }
    }

    // White space does not count.
    private static int SizeOf(string document) => document.Count(character => !char.IsWhiteSpace(character));
}
