namespace BuildPipeline.Sandbox.SageMaker.Requests;

/// <summary>What is known of instance types other than their names, which the service model has.</summary>
internal static class InstanceTypes
{
    private static readonly string[] LocalStorageFamilies =
    [
        "g4dn", "g5", "g6", "g6e", "g7e", "p3dn", "p4d", "p4de", "p5", "p5e", "p5en", "p6-b200", "p6-b300", "p6e-gb200",
        "trn1", "trn1n", "trn2", "r5d",
    ];

    /// <summary>True if the type brings NVMe storage of its own, which no key of the caller's encrypts.</summary>
    public static bool HasLocalStorage(string type) => LocalStorageFamilies.Contains(type.Split('.')[1]);
}
