using Amazon.S3;
using Amazon.S3.Model;
using BuildPipeline.Accounts;
using BuildPipeline.Pipeline.Tests.Accounts;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using BuildPipeline.Secrets;
using BuildPipeline.Tasks;
using BuildPipeline.Terraform;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace BuildPipeline.Pipeline.Tests.Tasks;

public sealed class PlanTaskTests
{
    private const string BucketAddress = "module.storage.aws_s3_bucket.this";
    private const string RoleAddress = "module.execution_role.aws_iam_role.this";

    private static readonly object OwnTags = new { environment = "sandbox" };
    private static readonly object Bucket = new { bucket = TestRuns.Bucket, tags_all = OwnTags };
    private static readonly object Role = new { name = "demo", tags_all = OwnTags };

    [Fact]
    public async Task Given_ANewRun_When_Planned_Then_PlanJobAndConfigurationAreInTheLogAndOtherMachinesGetThePlan()
    {
        using var flow = await FlowFixture.StartedAsync(null, "--target=Plan");
        var plan = FakeTerraform.Plan(TestRuns.Job, 4, FakeTerraform.Change(RoleAddress, Role));
        flow.Terraform.PlanNext(plan);

        await flow.RunAsync(Plan(flow));

        Assert.Equal(["init", "plan", "show"], flow.Terraform.Names);
        Assert.Contains($"-var-file={flow.Files.Terraform.VariableFiles[0]}", flow.Terraform.Commands[1]);
        var run = await flow.RecordedAsync();
        Assert.Equal((RunStage.Planned, 1, new Usd(4), TestRuns.Job.Name), (run.Stage, run.Plan!.Add, run.Plan.MaxRunCostUsd, run.Job!.Name));
        Assert.Equal(TerraformDocuments.Sha256(flow.Call.Session.PathOf(RunFiles.Plan)), run.Plan.PlanSha256);
        Assert.Equal(["environments/sandbox.s3.tfbackend", "environments/sandbox.tfvars", "main.tf"], run.Plan.Configuration!.Files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(plan, await flow.SharedAsync(RunFiles.Plan));
    }

    [Fact]
    public async Task Given_ALockFileThatInitWrites_When_PlannedAndAppliedElsewhere_Then_TheRunBringsItAndTheDigestCoversIt()
    {
        const string Lock = "provider \"registry.terraform.io/hashicorp/aws\" {\n  version     = \"6.45.0\"\n}\n";
        using var flow = await FlowFixture.StartedAsync(null, "--target=Plan");
        flow.Terraform.OnCommand = command =>
        {
            if (command == "init")
            {
                flow.Write(flow.Files.Terraform.LockFile, Lock);
            }

            return null;
        };

        await flow.RunAsync(Plan(flow));

        var configuration = (await flow.RecordedAsync()).Plan!.Configuration!;
        Assert.Equal("6.45.0", configuration.Lock!.Providers["registry.terraform.io/hashicorp/aws"]);
        Assert.Equal(Lock, await flow.SharedAsync(RunFiles.ProviderLock));
        Assert.NotEqual(configuration.Sha256(), (configuration with { Lock = configuration.Lock with { Sha256 = "other" } }).Sha256());
        Assert.Equal(configuration.Sha256(), flow.Subjects.ReadConfiguration()!.Sha256());
        flow.Write(flow.Call.Session.PathOf(RunFiles.ProviderLock), Lock.Replace("6.45.0", "6.46.0", StringComparison.Ordinal));
        Assert.NotEqual(configuration.Sha256(), flow.Subjects.ReadConfiguration()!.Sha256());
    }

    [Fact]
    public async Task Given_ASecretInAVariableFile_When_Planned_Then_NothingIsAskedAndTerraformIsNotStarted()
    {
        using var flow = await FlowFixture.StartedAsync(null, "--target=Plan");
        flow.Write("infra/environments/sandbox.tfvars", "environment_variables = { HF_TOKEN = \"abc\" }");

        Assert.Equal(SecretErrors.InConfiguration, await flow.FailAsync(Plan(flow)));

        Assert.Empty(flow.Terraform.Commands);
        await flow.Clients.DidNotReceiveWithAnyArgs().CheckCredentialsAsync(default);
    }

    [Fact]
    public async Task Given_CredentialsThatExpired_When_Planned_Then_TerraformIsNotStarted()
    {
        using var flow = await FlowFixture.StartedAsync(null, "--target=Plan");
        flow.Clients.CheckCredentialsAsync(default).ThrowsAsyncForAnyArgs(new PipelineException(AccountErrors.ExpiredCredentials, "They expired."));

        Assert.Equal(AccountErrors.ExpiredCredentials, await flow.FailAsync(Plan(flow)));

        Assert.Empty(flow.Terraform.Commands);
    }

    [Theory]
    [InlineData("no image", null, "BP1502")]
    [InlineData("sandbox/builtin", "It does not exist.", "BP1503")]
    public async Task Given_AJobThatCouldNotRun_When_Planned_Then_TheRunHasNoPlanAndNoFileOfItStays(string image, string? problem, string error)
    {
        using var flow = await FlowFixture.StartedAsync(new TestAccount { ImageProblem = problem }, "--target=Plan");
        flow.Terraform.PlanNext(FakeTerraform.Plan(TestRuns.Job with { TrainingImageUri = image }));

        Assert.Equal(error, (await flow.FailAsync(Plan(flow))).Id);

        Assert.All([RunFiles.Plan, RunFiles.PlanJson, RunFiles.TerraformLog], file => Assert.False(File.Exists(flow.Call.Session.PathOf(file)), file));
        Assert.Null(await flow.SharedAsync(RunFiles.Plan));
        var run = await flow.RecordedAsync();
        Assert.Equal((RunStage.Started, null), (run.Stage, run.Plan));
    }

    [Fact]
    public async Task Given_AVariableFileThatSetsAnUnknownVariable_When_Planned_Then_ItIsRefusedAlthoughTerraformOnlyWarns()
    {
        using var flow = await FlowFixture.StartedAsync(null, "--target=Plan");
        flow.Terraform.Warning = "Warning: Value for undeclared variable\n\nThe root module does not declare a variable named \"max_run_cost\" but";

        Assert.Equal(TerraformErrors.UndeclaredVariable, await flow.FailAsync(Plan(flow)));

        Assert.Equal(RunStage.Started, (await flow.RecordedAsync()).Stage);
    }

    [Theory]
    [InlineData("init", "init", "Error: Invalid value for variable", "BP1112")]
    [InlineData("plan", "validate", "Error: request send failed", "BP1111")]
    public async Task Given_ATerraformThatFails_When_Planned_Then_NoFurtherCommandButTheCheckRunsAndTheRunHasNoPlan(string failing, string last, string printed, string error)
    {
        using var flow = await FlowFixture.StartedAsync(null, "--target=Plan");
        flow.Terraform.OnCommand = command => command == failing ? printed : null;

        Assert.Equal(error, (await flow.FailAsync(Plan(flow))).Id);

        Assert.Equal(last, flow.Terraform.Names.Last());
        Assert.Null((await flow.RecordedAsync()).Plan);
    }

    [Fact]
    public async Task Given_AConfigurationThatIsNotValid_When_ThePlanFails_Then_ItIsTheUsersFault()
    {
        using var flow = await FlowFixture.StartedAsync(null, "--target=Plan");
        flow.Terraform.OnCommand = command => command is "plan" or "validate" ? "Error: Unsupported argument\n\n  with aws_s3_bucket.artifacts,\n  on main.tf line 3" : null;

        Assert.Equal(TerraformErrors.InvalidConfiguration, await flow.FailAsync(Plan(flow)));
    }

    [Fact]
    public async Task Given_ABucketThatALostApplyLeftBehind_When_Planned_Then_ThePlanImportsItAndNothingOfSomebodyElse()
    {
        using var flow = await FlowFixture.StartedAsync(null, "--target=Plan");
        flow.Clients.S3.GetBucketTaggingAsync(Arg.Any<GetBucketTaggingRequest>(), default).ReturnsForAnyArgs(
            new GetBucketTaggingResponse { TagSet = [new Tag { Key = "environment", Value = "sandbox" }] });
        var (created, imported) = (FakeTerraform.Change(RoleAddress, Role), FakeTerraform.Change(BucketAddress, Bucket, before: Bucket));
        flow.Terraform.PlanNext(
            FakeTerraform.Plan(TestRuns.Job, 5, FakeTerraform.Change(BucketAddress, Bucket), created),
            FakeTerraform.Plan(TestRuns.Job, 5, imported, FakeTerraform.Change(RoleAddress, Role, before: new { name = "demo", tags_all = new { environment = "other" } })),
            FakeTerraform.Plan(TestRuns.Job, 5, imported, created));

        await flow.RunAsync(Plan(flow));

        var plan = (await flow.RecordedAsync()).Plan!;
        Assert.Equal((1, 1), (plan.Add, plan.Change));
        var blocks = await File.ReadAllTextAsync(Path.Combine(flow.Files.Terraform.DataFolder, "adopt", "adopt.tf"));
        Assert.Contains($"to = {BucketAddress}", blocks, StringComparison.Ordinal);
        Assert.DoesNotContain(RoleAddress, blocks, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_NoBucketYet_When_Planned_Then_NothingElseIsSearchedFor()
    {
        using var flow = await FlowFixture.StartedAsync(null, "--target=Plan");
        flow.Clients.S3.GetBucketTaggingAsync(Arg.Any<GetBucketTaggingRequest>(), default).ThrowsAsyncForAnyArgs(new AmazonS3Exception("none") { ErrorCode = "NoSuchBucket" });
        flow.Terraform.PlanNext(FakeTerraform.Plan(TestRuns.Job, 5, FakeTerraform.Change(BucketAddress, Bucket)));

        await flow.RunAsync(Plan(flow));

        Assert.Single(flow.Terraform.Names, "plan");
    }

    [Theory]
    [InlineData("Plan", true)]
    [InlineData("Launch", false)]
    public async Task Given_ARunThatHasAPlan_When_TheTaskIsReached_Then_OnlyTheTargetIsEnteredAndThePlanIsKept(string target, bool entered)
    {
        using var flow = await FlowFixture.PlannedAsync(null, $"--target={target}");
        var task = Plan(flow);
        flow.Call.Session.Steps = [];
        using var signals = new ShutdownSignals();

        Assert.Equal(entered, task.ShouldRun(flow.Context(signals)));
        await flow.RunAsync(task);

        Assert.Empty(flow.Terraform.Commands);
    }

    private static PlanTask Plan(FlowFixture flow)
    {
        flow.Call.Session.Steps = [RunStep.Plan];
        return new(flow.Call, flow.Files, flow.Adoption, flow.Clients, flow.Check, flow.Hold, flow.Notice);
    }
}
