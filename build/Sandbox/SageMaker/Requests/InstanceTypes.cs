namespace BuildPipeline.Sandbox.SageMaker.Requests;

/// <summary>The instance types that CreateTrainingJob takes.</summary>
internal static class InstanceTypes
{
    // Sizes in multiples of xlarge; "l" and "m" stand for large and medium.
    private const string Families = """
        m4 1 2 4 10 16
        g4dn 1 2 4 8 12 16
        m5 l 1 2 4 12 24
        c4 1 2 4 8
        p2 1 8 16
        p3 2 8 16
        p3dn 24
        p4d 24
        p4de 24
        p5 4 48
        p5e 48
        p5en 48
        p6-b200 48
        p6-b300 48
        p6e-gb200 36
        c5 1 2 4 9 18
        c5n 1 2 4 9 18
        g5 1 2 4 8 12 16 24 48
        g6 1 2 4 8 12 16 24 48
        g6e 1 2 4 8 12 16 24 48
        g7e 2 4 8 12 24 48
        trn1 2 32
        trn1n 32
        trn2 48
        m6i l 1 2 4 8 12 16 24 32
        c6i 1 2 4 8 12 16 24 32
        m7i l 1 2 4 8 12 16 24 48
        c7i l 1 2 4 8 12 16 24 48
        r7i l 1 2 4 8 12 16 24 48
        r5 l 1 2 4 8 12 16 24
        r5d l 1 2 4 8 12 16 24
        t3 m l 1 2
        """;

    private static readonly string[] LocalStorageFamilies =
    [
        "g4dn", "g5", "g6", "g6e", "g7e", "p3dn", "p4d", "p4de", "p5", "p5e", "p5en", "p6-b200", "p6-b300", "p6e-gb200",
        "trn1", "trn1n", "trn2", "r5d",
    ];

    public static IReadOnlyList<string> All { get; } = [.. Families.Split('\n').SelectMany(Expand)];

    /// <summary>True where the type brings NVMe storage of its own, which no key of the caller's encrypts.</summary>
    public static bool HasLocalStorage(string type) => LocalStorageFamilies.Contains(type.Split('.')[1]);

    private static IEnumerable<string> Expand(string row)
    {
        var columns = row.Trim().Split(' ');
        return columns.Skip(1).Select(size => $"ml.{columns[0]}.{NameOf(size)}");
    }

    private static string NameOf(string size) => size switch
    {
        "m" => "medium",
        "l" => "large",
        "1" => "xlarge",
        _ => size + "xlarge",
    };
}
