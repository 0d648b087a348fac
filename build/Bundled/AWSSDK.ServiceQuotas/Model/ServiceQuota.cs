namespace Amazon.ServiceQuotas.Model;

public class ServiceQuota
{
    public string ServiceCode { get; set; }

    public string ServiceName { get; set; }

    public string QuotaArn { get; set; }

    public string QuotaCode { get; set; }

    public string QuotaName { get; set; }

    public double? Value { get; set; }

    public string Unit { get; set; }

    public bool? Adjustable { get; set; }

    public bool? GlobalQuota { get; set; }

    public MetricInfo UsageMetric { get; set; }

    public QuotaPeriod Period { get; set; }

    public ErrorReason ErrorReason { get; set; }

    public AppliedLevelEnum QuotaAppliedAtLevel { get; set; }

    public QuotaContextInfo QuotaContext { get; set; }

    public string Description { get; set; }
}

public class MetricInfo
{
    public string MetricNamespace { get; set; }

    public string MetricName { get; set; }

    public Dictionary<string, string> MetricDimensions { get; set; }

    public string MetricStatisticRecommendation { get; set; }
}

public class QuotaPeriod
{
    public int? PeriodValue { get; set; }

    public PeriodUnit PeriodUnit { get; set; }
}

public class ErrorReason
{
    public ErrorCode ErrorCode { get; set; }

    public string ErrorMessage { get; set; }
}

public class QuotaContextInfo
{
    public QuotaContextScope ContextScope { get; set; }

    public string ContextScopeType { get; set; }

    public string ContextId { get; set; }
}
