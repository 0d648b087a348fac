namespace BuildPipeline.Prices;

/// <summary>What a job has cost.</summary>
public static class ActualCost
{
    /// <summary>Billable seconds x on-demand rate of all nodes; on spot the service has taken the discount out of the seconds.</summary>
    /// <param name="billableSeconds">Seconds that the service bills.</param>
    /// <param name="jobRatePerHour">On-demand rate of all nodes, dollars an hour.</param>
    public static Usd Calculate(int billableSeconds, Usd jobRatePerHour) => new(jobRatePerHour.Amount * billableSeconds / 3600m);
}
