using System.Text;
using BuildPipeline.Sandbox.Mlflow;
using BuildPipeline.Sandbox.Models;
using BuildPipeline.Sandbox.Terraform.Resources;
using BuildPipeline.Sandbox.Terraform.Schema;

namespace BuildPipeline.Sandbox.Tests.Models;

/// <summary>build/Sandbox/README.md lists what the sandbox does with each member, and nothing else.</summary>
public sealed class SandboxReferenceTests
{
    private static readonly string Mark = GeneratedPage.MarkOf("Sandbox.Tests");

    private static readonly (string Model, string Title)[] Services =
    [
        ("sagemaker", "SageMaker"), ("logs", "CloudWatch Logs"), ("cloudwatch", "CloudWatch"), ("sns", "SNS"), ("events", "EventBridge"), ("codebuild", "CodeBuild"),
        ("budgets", "Budgets"), ("ec2", "EC2"), ("sts", "STS"), ("iam", "IAM"), ("service-quotas", "Service Quotas"), ("ssm", "Systems Manager"), ("secretsmanager", "Secrets Manager"),
        ("kms", "KMS"), ("s3", "S3"),
    ];

    private static string Page => Path.Combine(Repository.Root, "build", "Sandbox", "README.md");

    [Fact]
    public void Given_the_models_and_what_is_emulated_When_the_page_is_read_Then_its_tables_are_as_written_from_them()
    {
        Assert.Equal(ServiceModels.All.Keys.Order(StringComparer.Ordinal), Services.Select(service => service.Model).Order(StringComparer.Ordinal));

        GeneratedPage.AssertCurrent(Page, File.ReadAllText(Page).ReplaceLineEndings("\n").Split(Mark)[0] + Tables());
    }

    private static string Tables()
    {
        var page = new StringBuilder($"{Mark}\n\n## What it emulates\n\n");
        page.Append(System.Globalization.CultureInfo.InvariantCulture, $"The members are those of AWS's service models ({ServiceModels.Source}). ");
        page.Append("With a member that is refused, all its own members are. Where only some values of a member are emulated, they follow it in brackets.\n");
        foreach (var (model, title) in Services)
        {
            var service = ServiceModels.All[model];
            page.Append($"\n### {title}\n\n| Operation | Implemented | Accepted without effect | Refused by name |\n|---|---|---|---|\n");
            foreach (var operation in service.Support.Keys.Order(StringComparer.Ordinal))
            {
                page.Append(Row(service, operation));
            }

            if (service.Operations.Keys.Except(service.Support.Keys).Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } refused)
            {
                page.Append($"\nRefused operations: {Code(refused)}.\n");
            }
        }

        page.Append("\n### MLflow\n\nREST API 2.0, under `/api/2.0/mlflow/`. Any other path, member, filter or order is refused by name.\n\n");
        page.Append($"Operations: {Code(MlflowApi.Operations.Keys.Select(operation => $"{operation.Method} {operation.Operation}").Order(StringComparer.Ordinal))}.\n");
        page.Append("\n### Terraform\n\n| Recorded only | What does not happen |\n|---|---|\n");
        foreach (var (type, consequence) in RecordedOnlyTypes.All.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            page.Append($"| `{type}` | {consequence} |\n");
        }

        var emulated = AwsSchema.Load().Resources.Keys.Except(RecordedOnlyTypes.All.Keys).Order(StringComparer.Ordinal);
        return page.Append($"\nEmulated types: {Code(emulated)}.\n").ToString();
    }

    private static string Row(ServiceModel service, string operation)
    {
        var support = service.Support[operation];
        var refused = service.MembersOf(operation).Select(member => member.Path).Where(path => support.Find(path) == MemberSupport.Refused)
            .Where(path => OwnerOf(path) is not { } owner || support.Find(owner) != MemberSupport.Refused);
        return $"| `{operation}` | {string.Join(", ", support.Implemented.Select(path => Shown(support, path)))} "
            + $"| {string.Join(" ", support.NoEffect.Select(entry => $"{Shown(support, entry.Key)}: {entry.Value}"))} | {Code(refused)} |\n";
    }

    private static string Shown(OperationSupport support, string path) =>
        support.Values.TryGetValue(path, out var values) ? $"`{path}` ({Code(values)})" : $"`{path}`";

    private static string? OwnerOf(string path) => path.LastIndexOf('.') is > 0 and var end ? path[..end].TrimEnd('[', ']') : null;

    private static string Code(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"`{name}`"));
}
