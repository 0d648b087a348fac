namespace BuildPipeline.Sandbox.Kernel;

/// <summary>A part of AWS that shares accounts, and how it names things.</summary>
internal sealed record Partition(string Name, string DnsSuffix, string ReverseDnsPrefix)
{
    public static Partition From(string region) => region switch
    {
        _ when region.StartsWith("cn-", StringComparison.Ordinal) => new("aws-cn", "amazonaws.com.cn", "cn.com.amazonaws"),
        _ when region.StartsWith("us-gov-", StringComparison.Ordinal) => new("aws-us-gov", "amazonaws.com", "com.amazonaws"),
        _ => new("aws", "amazonaws.com", "com.amazonaws"),
    };
}
