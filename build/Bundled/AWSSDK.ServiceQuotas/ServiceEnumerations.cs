using Amazon.Runtime;

namespace Amazon.ServiceQuotas;

public class AppliedLevelEnum : ConstantClass
{
    public static readonly AppliedLevelEnum ACCOUNT = new("ACCOUNT");
    public static readonly AppliedLevelEnum RESOURCE = new("RESOURCE");
    public static readonly AppliedLevelEnum ALL = new("ALL");

    public AppliedLevelEnum(string value) : base(value)
    {
    }

    public static AppliedLevelEnum FindValue(string value) => FindValue<AppliedLevelEnum>(value);

    public static implicit operator AppliedLevelEnum(string value) => FindValue(value);
}

public class ErrorCode : ConstantClass
{
    public static readonly ErrorCode DEPENDENCY_ACCESS_DENIED_ERROR = new("DEPENDENCY_ACCESS_DENIED_ERROR");
    public static readonly ErrorCode DEPENDENCY_THROTTLING_ERROR = new("DEPENDENCY_THROTTLING_ERROR");
    public static readonly ErrorCode DEPENDENCY_SERVICE_ERROR = new("DEPENDENCY_SERVICE_ERROR");
    public static readonly ErrorCode SERVICE_QUOTA_NOT_AVAILABLE_ERROR = new("SERVICE_QUOTA_NOT_AVAILABLE_ERROR");

    public ErrorCode(string value) : base(value)
    {
    }

    public static ErrorCode FindValue(string value) => FindValue<ErrorCode>(value);

    public static implicit operator ErrorCode(string value) => FindValue(value);
}

public class PeriodUnit : ConstantClass
{
    public static readonly PeriodUnit MICROSECOND = new("MICROSECOND");
    public static readonly PeriodUnit MILLISECOND = new("MILLISECOND");
    public static readonly PeriodUnit SECOND = new("SECOND");
    public static readonly PeriodUnit MINUTE = new("MINUTE");
    public static readonly PeriodUnit HOUR = new("HOUR");
    public static readonly PeriodUnit DAY = new("DAY");
    public static readonly PeriodUnit WEEK = new("WEEK");

    public PeriodUnit(string value) : base(value)
    {
    }

    public static PeriodUnit FindValue(string value) => FindValue<PeriodUnit>(value);

    public static implicit operator PeriodUnit(string value) => FindValue(value);
}

public class QuotaContextScope : ConstantClass
{
    public static readonly QuotaContextScope RESOURCE = new("RESOURCE");
    public static readonly QuotaContextScope ACCOUNT = new("ACCOUNT");

    public QuotaContextScope(string value) : base(value)
    {
    }

    public static QuotaContextScope FindValue(string value) => FindValue<QuotaContextScope>(value);

    public static implicit operator QuotaContextScope(string value) => FindValue(value);
}
