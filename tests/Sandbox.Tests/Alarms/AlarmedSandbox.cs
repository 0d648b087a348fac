using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Tests.Support;
using BuildPipeline.Sandbox.Tests.Terraform;

namespace BuildPipeline.Sandbox.Tests.Alarms;

/// <summary>A sandbox with infra's own alarms in it: the module, applied by terraform.</summary>
public sealed class AlarmedSandbox : IAsyncLifetime
{
    public const string Name = "finetune-test";
    public const string Topic = $"arn:aws:sns:us-east-1:000000000000:{Name}-alarms";
    public const string Email = "training@example.com";

    public SandboxFixture Sandbox { get; } = new();

    /// <summary>The alarms as CloudWatch has them; null where terraform is not installed.</summary>
    public JsonObject? Alarms { get; private set; }

    public async Task InitializeAsync()
    {
        await Sandbox.InitializeAsync();
        try
        {
            using var terraform = await TerraformFolder.OfTextAsync(Sandbox, $$"""
                module "observability" {
                  source             = "{{Path.Combine(Repository.Root, "infra", "modules", "observability")}}"
                  name               = "{{Name}}"
                  environment        = "test"
                  team               = "research"
                  account_id         = "000000000000"
                  partition          = "aws"
                  region             = "us-east-1"
                  execution_role_arn = "arn:aws:iam::000000000000:role/{{Name}}-execution"
                  budgets            = {}
                  alarms = {
                    emails                 = ["{{Email}}"]
                    webhook_url            = "https://127.0.0.1:9/nobody-listens"
                    job_states             = ["Failed"]
                    dashboard              = true
                    elapsed_percent        = 200
                    stall_percent          = 300
                    goodput_percent        = 50
                    spend_percent          = 90
                    interruptions_per_hour = 4
                    gpu_percent            = 5
                    heartbeat_minutes      = 5
                    detached_hours         = 24
                  }
                }
                """);
            await terraform.RunAsync("init", "-input=false");
            await terraform.ApplyAsync();
        }
        catch (SkipException)
        {
            return;
        }

        Alarms = (await Sandbox.CallAsync("monitoring", "Target.DescribeAlarms", new JsonObject { ["AlarmTypes"] = new JsonArray("MetricAlarm", "CompositeAlarm") })).AsObject();
    }

    public Task DisposeAsync() => Sandbox.DisposeAsync();
}
