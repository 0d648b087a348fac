using Amazon.Runtime;

namespace Amazon.CloudWatch;

public class ScanBy : ConstantClass
{
    public static readonly ScanBy TimestampDescending = new("TimestampDescending");

    public ScanBy(string value) : base(value)
    {
    }

    public static ScanBy FindValue(string value) => FindValue<ScanBy>(value);

    public static implicit operator ScanBy(string value) => FindValue(value);
}

public class StandardUnit : ConstantClass
{
    public StandardUnit(string value) : base(value)
    {
    }

    public static StandardUnit FindValue(string value) => FindValue<StandardUnit>(value);

    public static implicit operator StandardUnit(string value) => FindValue(value);
}

public class Statistic : ConstantClass
{
    public static readonly Statistic SampleCount = new("SampleCount");

    public Statistic(string value) : base(value)
    {
    }

    public static Statistic FindValue(string value) => FindValue<Statistic>(value);

    public static implicit operator Statistic(string value) => FindValue(value);
}

public class ComparisonOperator : ConstantClass
{
    public static readonly ComparisonOperator LessThanThreshold = new("LessThanThreshold");

    public ComparisonOperator(string value) : base(value)
    {
    }

    public static ComparisonOperator FindValue(string value) => FindValue<ComparisonOperator>(value);

    public static implicit operator ComparisonOperator(string value) => FindValue(value);
}
