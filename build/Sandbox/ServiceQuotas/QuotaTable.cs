using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.ServiceQuotas;

/// <summary>One quota of SageMaker in the sandbox's account.</summary>
/// <param name="Code">AWS's quota code.</param>
/// <param name="Default">What an account has at first.</param>
/// <param name="Applied">What this account has.</param>
internal sealed record Quota(string Code, string Name, string Unit, double Default, double Applied, bool Adjustable = true);

/// <summary>The quotas of SageMaker training jobs, with the values that the sandbox's account has.</summary>
internal static class QuotaTable
{
    public const string AllInstances = "Number of instances across all training jobs";
    public const string AllSpotInstances = "Number of instances across all spot training jobs";
    public const string InstancesPerJob = "Maximum number of instances per training job";
    public const string InstancesPerSpotJob = "Maximum number of instances per spot training job";
    public const string VolumeSize = "Size of EBS volume for a training instance";
    public const string LongestRuntime = "Longest run time for a training job";

    /// <summary>All quotas that have a known code, in order of their names.</summary>
    public static IReadOnlyList<Quota> All { get; } =
    [
        .. InstanceFacts.Types.SelectMany(OfType).Concat(
        [
            new Quota("L-00C91CB5", AllInstances, "Instances", 20, 64),
            new Quota("L-93958082", AllSpotInstances, "Instances", 20, 64),
            new Quota("L-622CFD70", InstancesPerJob, "Instances", 20, 32),
            new Quota("L-DB62C864", InstancesPerSpotJob, "Instances", 20, 32),
            new Quota("L-33A961FD", LongestRuntime, "Seconds", 432_000, 2_419_200),
            new Quota("L-C5A266EB", VolumeSize, "Gigabytes", 1024, 16_384),
            new Quota("L-21A1652A", "Rate of CreateTrainingJob requests", "None", 1, 10, Adjustable: false),
        ]).OrderBy(quota => quota.Name, StringComparer.Ordinal),
    ];

    /// <summary>Name of the quota of one instance type.</summary>
    public static string NameOf(string instanceType, bool spot) =>
        $"{instanceType} for {(spot ? "spot training" : "training")} job usage";

    /// <summary>The account's value of a quota; a type without a known code follows its family.</summary>
    public static double Applied(string name) =>
        All.FirstOrDefault(quota => quota.Name == name)?.Applied ?? FamilyLimit(name.Split(' ')[0]);

    private static IEnumerable<Quota> OfType(InstanceFact fact)
    {
        var applied = FamilyLimit(fact.Type);
        var first = fact.Type.StartsWith("ml.m", StringComparison.Ordinal) ? applied : 0;
        if (fact.QuotaCode is { } code)
        {
            yield return new Quota(code, NameOf(fact.Type, spot: false), "Instances", first, applied);
        }

        if (fact.SpotQuotaCode is { } spotCode)
        {
            yield return new Quota(spotCode, NameOf(fact.Type, spot: true), "Instances", first, applied);
        }
    }

    // As in a real account that asked once: the common GPU types are there, the scarce accelerators are not.
    private static double FamilyLimit(string instanceType) => instanceType.Split('.') switch
    {
        ["ml", "g5", ..] => 32,
        ["ml", var family, ..] when family.StartsWith('g') => 16,
        ["ml", var family, ..] when family.StartsWith('p') || family.StartsWith("trn", StringComparison.Ordinal) => 0,
        ["ml", ..] => 20,
        _ => throw new ArgumentException($"'{instanceType}' is not a valid instance type.", nameof(instanceType)),
    };
}
