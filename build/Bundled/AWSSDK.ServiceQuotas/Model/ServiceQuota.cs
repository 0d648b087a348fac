namespace Amazon.ServiceQuotas.Model;

public class ServiceQuota
{
    public string QuotaName { get; set; }

    public double? Value { get; set; }
}
