using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Training jobs.</summary>
internal static class TrainingJobResource
{
    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        new("aws_sagemaker_training_job")
        {
            // SageMaker changes nothing of a job but its tags; UpdateTrainingJob is for what the sandbox refuses to start with.
            ForceNew =
            [
                "algorithm_specification", "checkpoint_config", "debug_hook_config", "debug_rule_configurations",
                "enable_inter_container_traffic_encryption", "enable_managed_spot_training", "enable_network_isolation", "environment",
                "experiment_config", "hyper_parameters", "infra_check_config", "input_data_config", "mlflow_config", "model_package_config",
                "output_data_config", "profiler_config", "profiler_rule_configurations", "remote_debug_config", "resource_config",
                "retry_strategy", "role_arn", "serverless_job_config", "session_chaining_config", "stopping_condition",
                "tensor_board_output_config", "training_job_name", "vpc_config",
            ],
            Rules =
            [
                Checks.Arn("role_arn"),
                .. new[] { "create", "delete" }.Select(name => Checks.Matches($"timeouts.{name}", GoDuration.Pattern, "must be a duration such as 90m")),
            ],
            Complete = writer => writer.Fill("arn", writer.Context.Arn("sagemaker", $"training-job/{writer.Text("training_job_name")}")),
            Identify = id => MapValue.Empty.With("training_job_name", id),
            Effects = new TrainingJobEffects(),
        },
    ];
}
