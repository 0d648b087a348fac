using BuildPipeline.Sandbox.CodeBuild;
using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Logs;
using BuildPipeline.Sandbox.Secrets;
using BuildPipeline.Sandbox.Tests.Authorization;

namespace BuildPipeline.Sandbox.Tests.CodeBuild;

/// <summary>CodeBuild on a clock of its own; its builds are processes.</summary>
internal sealed class CodeBuildHarness : IDisposable
{
    public const string Role = $"arn:aws:iam::{TestRoles.Account}:role/keeper";
    public const string ProjectArn = $"arn:aws:codebuild:us-east-1:{TestRoles.Account}:project/keeper";

    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-codebuild-").FullName;

    public CodeBuildHarness(string? checkout = null)
    {
        var settings = new SandboxSettings(_folder);
        var (authorizer, address) = (Roles.Authorizer(Time), new SandboxAddress());
        address.Set(new Uri("http://127.0.0.1:9"));
        ServiceRoles = new ServiceRoles(Roles, authorizer, new Sessions(settings), Time);
        Logs = LogStore.OfRegions(settings, Time);
        Parameters = new SecretFolders(settings).Of<Parameter>("parameters");
        Stores = BuildStore.OfRegions(settings);
        Scheduler = new BuildScheduler(Stores, new BuildHost(Logs, new BuildInputs(new Checkout(checkout, _folder), Parameters), ServiceRoles, authorizer, address, settings, Time));
        Service = new CodeBuildService(new ProjectOperations(Stores, new ProjectRules(ServiceRoles), settings, Time), new BuildOperations(Stores, Scheduler));
        Roles.With("{'Effect':'Allow','Action':'logs:*','Resource':'*'}", Role, Trusting("codebuild"));
    }

    public TestRoles Roles { get; } = new();

    public SteppedTime Time { get; } = new(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public ServiceRoles ServiceRoles { get; }

    public PerRegion<LogStore> Logs { get; }

    public PerRegion<RecordStore<Parameter>> Parameters { get; }

    public PerRegion<BuildStore> Stores { get; }

    public BuildScheduler Scheduler { get; }

    public CodeBuildService Service { get; }

    public static string Trusting(string service) => $"{{'Effect':'Allow','Principal':{{'Service':'{service}.amazonaws.com'}},'Action':'sts:AssumeRole'}}";

    public IReadOnlyList<string> LinesOf(string group, string stream) => [.. Logs.In("us-east-1").Stream(group, stream).Read(0).Select(placed => placed.Event.Message)];

    public void Dispose()
    {
        Scheduler.StopAsync(CancellationToken.None).GetAwaiter().GetResult();
        Scheduler.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
