namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>
/// The types that the sandbox keeps in its registry and does nothing else for: no client can call them, and nothing happens because of them.
/// A type that is neither here nor has behaviour is refused.
/// </summary>
internal static class RecordedOnlyTypes
{
    /// <summary>What does not happen, by type.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["aws_ce_anomaly_monitor"] = "no cost is watched",
        ["aws_ce_anomaly_subscription"] = "no notification is sent",
        ["aws_cloudwatch_event_archive"] = "no event is archived",
        ["aws_cloudwatch_log_metric_filter"] = "no metric is made of log lines",
        ["aws_dynamodb_table"] = "no table can be read or written",
        ["aws_ecr_lifecycle_policy"] = "no image expires",
        ["aws_ecr_repository"] = "no image can be pushed or pulled",
        ["aws_flow_log"] = "no flow log is written",
        ["aws_fsx_lustre_file_system"] = "no file system can be mounted",
        ["aws_lambda_function"] = "no function can be invoked",
        ["aws_lambda_permission"] = "no function can be invoked",
        ["aws_s3_bucket_logging"] = "S3 returns the setting and writes no access log",
        ["aws_s3_bucket_notification"] = "S3 returns the setting and sends no event",
        ["aws_sagemaker_mlflow_app"] = "no MLflow server runs",
        ["aws_sagemaker_mlflow_tracking_server"] = "no MLflow server runs",
        ["aws_sagemaker_model_package_group"] = "no model can be registered",
        ["aws_scheduler_schedule"] = "no schedule starts anything",
        ["aws_scheduler_schedule_group"] = "no schedule starts anything",
        ["aws_servicequotas_service_quota"] = "no quota changes",
        ["aws_sqs_queue"] = "no message can be sent or received",
    };
}
