using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Types that the sandbox only records: what cannot change in place, the usual defaults, and how they are named.</summary>
internal static class OtherResources
{
    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        new("aws_ce_anomaly_monitor")
        {
            ForceNew = ["monitor_dimension", "monitor_specification", "monitor_type"],
            Json = ["monitor_specification"],
        },
        new("aws_ce_anomaly_subscription") { ForceNew = ["account_id", "name"] },
        new("aws_cloudwatch_event_archive")
        {
            ForceNew = ["name"],
            Defaults = new Dictionary<string, Value> { ["retention_days"] = 0 },
            Json = ["event_pattern"],
            Complete = writer => Name(writer, "name", "events", name => $"archive/{name}"),
        },
        new("aws_cloudwatch_log_metric_filter")
        {
            ForceNew = ["log_group_name", "name"],
            References = [new("log_group_name", "aws_cloudwatch_log_group", "name", "ResourceNotFoundException")],
            ImportId = state => $"{state.Text("log_group_name")}:{state.Text("name")}",
        },
        new("aws_dynamodb_table")
        {
            ForceNew = ["hash_key", "name", "range_key"],
            Defaults = new Dictionary<string, Value> { ["billing_mode"] = "PROVISIONED", ["table_class"] = "STANDARD" },
            Complete = writer => Name(writer, "name", "dynamodb", name => $"table/{name}"),
        },
        new("aws_ecr_lifecycle_policy")
        {
            ForceNew = ["policy", "repository"],
            Json = ["policy"],
            Rules = [Checks.Json("policy")],
            References = [new("repository", "aws_ecr_repository", "name", "RepositoryNotFoundException")],
            Complete = writer =>
            {
                writer.Fill("id", writer.State["repository"]);
                writer.Fill("registry_id", writer.Context.Account);
            },
        },
        new("aws_ecr_repository")
        {
            ForceNew = ["encryption_configuration", "name"],
            Defaults = new Dictionary<string, Value> { ["image_tag_mutability"] = "MUTABLE" },
            Unique = new("name", "RepositoryAlreadyExistsException"),
            Complete = CompleteRepository,
        },
        new("aws_fsx_lustre_file_system")
        {
            ForceNew =
            [
                "backup_id", "deployment_type", "export_path", "import_path", "kms_key_id", "security_group_ids", "storage_type", "subnet_ids",
            ],
            Complete = CompleteFileSystem,
        },
        new("aws_lambda_function")
        {
            ForceNew = ["function_name", "package_type"],
            Defaults = new Dictionary<string, Value>
            {
                ["memory_size"] = 128, ["package_type"] = "Zip", ["publish"] = false, ["reserved_concurrent_executions"] = -1,
                ["skip_destroy"] = false, ["timeout"] = 3,
            },
            Unique = new("function_name", "ResourceConflictException"),
            Complete = CompleteFunction,
        },
        new("aws_lambda_permission")
        {
            ForceNew =
            [
                "action", "event_source_token", "function_name", "principal", "principal_org_id", "qualifier", "source_account",
                "source_arn", "statement_id", "statement_id_prefix",
            ],
            Complete = writer => writer.Fill("id", writer.FillName("statement_id", "statement_id_prefix")),
            ImportId = state => $"{state.Text("function_name")}/{state.Text("statement_id")}",
        },
        new("aws_sagemaker_mlflow_app")
        {
            ForceNew = ["name"],
            Complete = writer => Name(writer, "name", "sagemaker", name => $"mlflow-app/{name}"),
        },
        new("aws_sagemaker_mlflow_tracking_server")
        {
            ForceNew = ["tracking_server_name"],
            Complete = writer => Name(writer, "tracking_server_name", "sagemaker", name => $"mlflow-tracking-server/{name}"),
        },
        new("aws_sagemaker_model_package_group")
        {
            ForceNew = ["model_package_group_description", "model_package_group_name"],
            Unique = new("model_package_group_name", "ValidationException"),
            Complete = writer => Name(writer, "model_package_group_name", "sagemaker", name => $"model-package-group/{name}"),
        },
        new("aws_scheduler_schedule")
        {
            ForceNew = ["group_name", "name", "name_prefix"],
            Defaults = new Dictionary<string, Value>
            {
                ["group_name"] = "default", ["schedule_expression_timezone"] = "UTC", ["state"] = "ENABLED",
            },
            Complete = writer => Name(writer, "name", "scheduler", name => $"schedule/{writer.Text("group_name")}/{name}"),
        },
        new("aws_scheduler_schedule_group")
        {
            ForceNew = ["name", "name_prefix"],
            Complete = writer =>
            {
                Name(writer, "name", "scheduler", name => $"schedule-group/{name}");
                writer.Fill("state", "ACTIVE");
                writer.Fill("creation_date", writer.Context.Now());
                writer.Fill("last_modification_date", writer.Context.Now());
            },
        },
        new("aws_servicequotas_service_quota")
        {
            ForceNew = ["quota_code", "service_code"],
            Complete = writer =>
            {
                writer.Fill("id", $"{writer.Text("service_code")}/{writer.Text("quota_code")}");
                writer.Fill("arn", writer.Context.Arn("servicequotas", writer.Text("id")));
            },
        },
        new("aws_sqs_queue")
        {
            ForceNew = ["fifo_queue", "name", "name_prefix"],
            Defaults = new Dictionary<string, Value>
            {
                ["content_based_deduplication"] = false, ["delay_seconds"] = 0, ["fifo_queue"] = false, ["max_message_size"] = 262144,
                ["message_retention_seconds"] = 345600, ["receive_wait_time_seconds"] = 0, ["visibility_timeout_seconds"] = 30,
            },
            Json = ["policy", "redrive_policy", "redrive_allow_policy"],
            Complete = CompleteQueue,
        },
    ];

    private static void Name(StateWriter writer, string attribute, string service, Func<string, string> resource)
    {
        var name = writer.State.Text(attribute) ?? writer.FillName(attribute);
        writer.Fill("id", name);
        writer.Fill("arn", writer.Context.Arn(service, resource(name)));
    }

    private static void CompleteRepository(StateWriter writer)
    {
        var (name, context) = (writer.Text("name"), writer.Context);
        Name(writer, "name", "ecr", _ => $"repository/{name}");
        writer.Fill("registry_id", context.Account);
        writer.Fill("repository_url", $"{context.Account}.dkr.ecr.{context.Region}.{context.Partition.DnsSuffix}/{name}");
    }

    private static void CompleteFileSystem(StateWriter writer)
    {
        var id = writer.FillId("fs");
        writer.Fill("arn", writer.Context.Arn("fsx", $"file-system/{id}"));
        writer.Fill("dns_name", $"{id}.fsx.{writer.Context.Region}.{writer.Context.Partition.DnsSuffix}");
        writer.Fill("mount_name", writer.Context.Registry.NextHex(8));
        writer.Fill("owner_id", writer.Context.Account);
        writer.Fill(
            "vpc_id", writer.Context.Registry.Find("aws_subnet", "id", writer.State.Texts("subnet_ids")[0])?["vpc_id"] ?? Value.Null);
    }

    private static void CompleteFunction(StateWriter writer)
    {
        Name(writer, "function_name", "lambda", name => $"function:{name}");
        var arn = writer.Text("arn");
        var region = writer.Context.Region;
        writer.Fill("version", "$LATEST");
        writer.Fill("qualified_arn", $"{arn}:$LATEST");
        writer.Fill(
            "invoke_arn", $"arn:{writer.Context.Partition.Name}:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations");
        writer.Fill("last_modified", writer.Context.Now());
    }

    private static void CompleteQueue(StateWriter writer)
    {
        // The schema has the name only as an optional attribute: a queue with a prefix keeps no name of its own.
        var name = writer.State.Text("name") ?? $"{writer.State.Text("name_prefix") ?? "terraform-"}{writer.Context.Registry.NextHex(16)}";
        writer.Fill("arn", writer.Context.Arn("sqs", name));
        writer.Fill("url", $"https://sqs.{writer.Context.Region}.{writer.Context.Partition.DnsSuffix}/{writer.Context.Account}/{name}");
        writer.Fill("id", writer.State["url"]);
    }
}
