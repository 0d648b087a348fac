using BuildPipeline.Sandbox.Faults;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.ServiceQuotas;

namespace BuildPipeline.Sandbox.SageMaker;

/// <summary>What the account must allow in addition to the request itself: unique names and quotas.</summary>
internal sealed class AccountLimits(FaultPlan faults)
{
    /// <exception cref="AwsError">ResourceInUse or ResourceLimitExceeded.</exception>
    public void Admit(TrainingJob job, IReadOnlyCollection<TrainingJob> others)
    {
        if (others.FirstOrDefault(other => other.Name == job.Name) is { } twin)
        {
            throw new AwsError(
                400,
                "ResourceInUse",
                "Training job names must be unique within an AWS account and region, "
                + $"and a training job with this name already exists ({twin.Arn})");
        }

        var (resources, spot) = (job.Request.ResourceConfig, job.Request.EnableManagedSpotTraining);
        var working = others.Where(other => !other.IsOver).ToArray();
        var alike = working.Where(other => other.Request.EnableManagedSpotTraining == spot).ToArray();
        var ofType = alike.Where(other => other.Request.ResourceConfig.InstanceType == resources.InstanceType);
        var typeQuota = QuotaTable.NameOf(resources.InstanceType, spot);
        if (faults.Take("sagemaker", "CreateTrainingJob", FaultKind.Quota, resources.InstanceType))
        {
            throw Exceeded(typeQuota, 0, 0, resources.InstanceCount);
        }

        if (resources.VolumeSizeInGB > QuotaTable.Applied(QuotaTable.VolumeSize))
        {
            throw Exceeded(QuotaTable.VolumeSize, QuotaTable.Applied(QuotaTable.VolumeSize), 0, resources.VolumeSizeInGB.Value, "Gigabytes");
        }

        Check(typeQuota, ofType, resources.InstanceCount);
        Check(spot ? QuotaTable.InstancesPerSpotJob : QuotaTable.InstancesPerJob, [], resources.InstanceCount);
        Check(spot ? QuotaTable.AllSpotInstances : QuotaTable.AllInstances, alike, resources.InstanceCount);
    }

    private static void Check(string quota, IEnumerable<TrainingJob> users, int requested)
    {
        var limit = QuotaTable.Applied(quota);
        var used = users.Sum(user => user.Request.ResourceConfig.InstanceCount);
        if (used + requested > limit)
        {
            throw Exceeded(quota, limit, used, requested);
        }
    }

    private static AwsError Exceeded(string quota, double limit, int used, int requested, string unit = "Instances") => new(
        400,
        "ResourceLimitExceeded",
        $"The account-level service limit '{quota}' is {limit:0} {unit}, with current utilization of {used} {unit} "
        + $"and a request delta of {requested} {unit}. Please use AWS Service Quotas to request an increase for this quota. "
        + "If AWS Service Quotas is not available, contact AWS support to request an increase for this quota.");
}
