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
    public const string LongestRuntime = "Longest run time for a training job";

    // Type, code of the training quota, code of the spot training quota where it is known.
    private const string Types = """
        g4dn.xlarge L-3F53BF0F L-944F78BB
        g4dn.2xlarge L-C2495BC4 L-0496610F
        g4dn.12xlarge L-7BD2C9FA L-199558F0
        g5.xlarge L-B6D80D9C L-DE07CBDF
        g5.2xlarge L-2D6DEB3C L-CAEE7DB7
        g5.4xlarge L-FE869B40 L-DB4D51CF
        g5.8xlarge L-43F5FC95 L-DD18D5D6
        g5.12xlarge L-C6383286 L-03E19172
        g5.16xlarge L-9FAC65F7 L-E3DCB664
        g5.24xlarge L-ED7BD217 L-8345B953
        g5.48xlarge L-6BC98A55 L-C87FF004
        g6.xlarge L-56AE9D73 L-A886A53A
        g6.2xlarge L-A1025C0C L-BC684567
        g6.4xlarge L-07B51BA0 L-03304C28
        g6.8xlarge L-FB830EC3 L-CDC3B509
        g6.12xlarge L-50B5B169 L-2C06E55A
        g6.16xlarge L-C8B8462D L-8D196E75
        g6.24xlarge L-B0E221DE L-148FBB89
        g6.48xlarge L-8CCF67BD L-9C33052B
        g6e.xlarge L-1E3225F6 L-1DE24427
        g6e.2xlarge L-D1AFBF6F L-29512C0F
        g6e.4xlarge L-945D83D8 L-5E2EB366
        g6e.8xlarge L-812CA1D8 L-2E243138
        g6e.12xlarge L-F70A2467 L-C1031CE4
        g6e.16xlarge L-68515813 L-5E942007
        g6e.24xlarge L-3AE4911A L-CE130130
        g6e.48xlarge L-0DA2E7B0 L-8497E1A4
        p4d.24xlarge L-09B4A649 L-09D56C4F
        p5.48xlarge L-82E1C851 L-82733FAD
        p5.4xlarge L-C2764A80
        m5.large L-611FA074 L-29688C85
        m5.xlarge L-CCE2AFA6 L-4CEE6BA6
        """;

    /// <summary>All quotas that have a known code, in order of their names.</summary>
    public static IReadOnlyList<Quota> All { get; } =
    [
        .. Types.Split('\n').SelectMany(OfType).Concat(
        [
            new Quota("L-00C91CB5", AllInstances, "Instances", 20, 64),
            new Quota("L-93958082", AllSpotInstances, "Instances", 20, 64),
            new Quota("L-622CFD70", InstancesPerJob, "Instances", 20, 32),
            new Quota("L-DB62C864", InstancesPerSpotJob, "Instances", 20, 32),
            new Quota("L-33A961FD", LongestRuntime, "Seconds", 432_000, 2_419_200),
            new Quota("L-C5A266EB", "Size of EBS volume for a training instance", "Gigabytes", 1024, 16_384),
            new Quota("L-21A1652A", "Rate of CreateTrainingJob requests", "None", 1, 10, Adjustable: false),
        ]).OrderBy(quota => quota.Name, StringComparer.Ordinal),
    ];

    /// <summary>Name of the quota of one instance type.</summary>
    public static string NameOf(string instanceType, bool spot) =>
        $"{instanceType} for {(spot ? "spot training" : "training")} job usage";

    /// <summary>The account's value of a quota; a type without a known code follows its family.</summary>
    public static double Applied(string name) =>
        All.FirstOrDefault(quota => quota.Name == name)?.Applied ?? FamilyLimit(name.Split(' ')[0]);

    private static IEnumerable<Quota> OfType(string row)
    {
        var columns = row.Trim().Split(' ');
        var type = "ml." + columns[0];
        var applied = FamilyLimit(type);
        var first = columns[0].StartsWith('m') ? applied : 0;
        yield return new Quota(columns[1], NameOf(type, spot: false), "Instances", first, applied);
        if (columns.Length > 2)
        {
            yield return new Quota(columns[2], NameOf(type, spot: true), "Instances", first, applied);
        }
    }

    // As in a real account that asked once: the common GPU types are there, the scarce accelerators are not.
    private static double FamilyLimit(string instanceType) => instanceType.Split('.') switch
    {
        ["ml", "g5", ..] => 32,
        ["ml", var family, ..] when family.StartsWith('g') => 16,
        ["ml", var family, ..] when family.StartsWith('p') || family.StartsWith("trn", StringComparison.Ordinal) => 0,
        ["ml", ..] => 20,
        _ => throw new ArgumentException($"'{instanceType}' is no instance type.", nameof(instanceType)),
    };
}
