using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BuildPipeline.Jobs;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Terraform;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Cake.Frosting;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Tasks;

/// <summary>A terraform in memory: it has a state and the plans that a test prepares, saves plans as files, and destroys what a saved plan says.</summary>
internal sealed partial class FakeTerraform : ITerraformProcesses
{
    private const int HasChanges = 2;

    private readonly List<string[]> _commands = [];
    private readonly Queue<string> _plans = new([Plan(TestRuns.Job)]);

    /// <summary>The commands that were run, in order, each with its arguments.</summary>
    public IReadOnlyList<string[]> Commands => _commands;

    /// <summary>The names of the commands that were run, in order.</summary>
    public IEnumerable<string> Names => _commands.Select(command => command[0]);

    /// <summary>Addresses in the state.</summary>
    public List<string> State { get; } = [];

    /// <summary>The outputs of the state, JSON.</summary>
    public string Outputs { get; set; } = "{}";

    /// <summary>Runs before a command does anything, with its name; the lines that it gives are printed, and fail the command.</summary>
    public Func<string, string?>? OnCommand { get; set; }

    /// <summary>What every command prints beside its result.</summary>
    public string Warning { get; set; } = "";

    /// <summary>What terraform shows of a plan.</summary>
    public static string Plan(TrainingJobSpec job, decimal limit = 5, params object[] changes) => JsonSerializer.Serialize(
        new
        {
            terraform_version = "1.11.4",
            resource_changes = changes,
            output_changes = new
            {
                training_job = new { after = job },
                cost_policy = new { after = new { max_run_cost_usd = limit } },
                interface_endpoint_network_interfaces = new { after = 0 },
            },
        },
        RunJson.Compact);

    /// <summary>One resource of a plan.</summary>
    /// <param name="before">What exists of it; null if the plan does not import it.</param>
    public static object Change(string address, object after, object? before = null, string action = "create") => new
    {
        address,
        type = TypeOf(address),
        mode = "managed",
        change = before is null ? new { actions = new[] { action }, after } : (object)new { actions = new[] { "update" }, before, after, importing = new { id = "1" } },
    };

    /// <summary>The outputs of an applied job.</summary>
    public static string OutputsOf(TrainingJobSpec job) => JsonSerializer.Serialize(
        new { training_job = new { value = job }, artifact_bucket_name = new { value = job.ArtifactBucket }, training_job_name = new { value = job.Name } }, RunJson.Compact);

    /// <summary>Prepares what the next plans say, JSON; the last one is that of all further plans too.</summary>
    public void PlanNext(params string[] plans)
    {
        _plans.Clear();
        foreach (var plan in plans)
        {
            _plans.Enqueue(plan);
        }
    }

    /// <summary>The tool that starts this terraform.</summary>
    public TerraformTool Tool(ILockRelease locks)
    {
        var context = Substitute.For<IFrostingContext>();
        var tools = Substitute.For<IToolLocator>();
        // Cake wants a file that exists; nothing starts it.
        FilePath program = typeof(FakeTerraform).Assembly.Location;
        tools.Resolve(Arg.Any<string>()).Returns(program);
        tools.Resolve(Arg.Any<IEnumerable<string>>()).Returns(program);
        context.Tools.Returns(tools);
        context.FileSystem.Returns(new FileSystem());
        context.Environment.WorkingDirectory.Returns(new DirectoryPath("/"));
        return new(context, this, locks);
    }

    public IProcess Start(FilePath terraform, ProcessSettings settings, TerraformCall call, ConcurrentQueue<string> lines)
    {
        string[] arguments = [.. ArgumentPattern().Matches(settings.Arguments.Render()).Select(match => match.Groups[1].Value)];
        _commands.Add(arguments);
        File.AppendAllText(call.LogFile, $"$ terraform {arguments[0]}\n");
        var process = Substitute.For<IProcess>();
        var failure = OnCommand?.Invoke(arguments[0]);
        foreach (var line in (failure ?? $"{arguments[0]}\n{Warning}").Split('\n'))
        {
            lines.Enqueue(line);
        }

        var (exitCode, document) = failure is null ? Run(arguments) : (1, "");
        process.GetExitCode().Returns(exitCode);
        process.GetStandardOutput().Returns([document]);
        return process;
    }

    private (int ExitCode, string Document) Run(string[] arguments)
    {
        switch (arguments)
        {
            case ["plan", ..]:
                File.WriteAllText(arguments.First(argument => argument.StartsWith("-out=", StringComparison.Ordinal))[5..], arguments.Contains("-destroy") ? Destruction(arguments) : Next());
                return (HasChanges, "");
            case ["show", .., "-no-color"]:
                return (0, StateDocument());
            case ["show", .., var file]:
                return (0, File.ReadAllText(file));
            case ["apply", .., var file]:
                Apply(JsonNode.Parse(File.ReadAllText(file))!);
                return (0, "");
            case ["output", ..]:
                return (0, Outputs);
            default:
                return (0, "");
        }
    }

    private string Next() => _plans.Count > 1 ? _plans.Dequeue() : _plans.Peek();

    private string Destruction(string[] arguments)
    {
        var targets = arguments.Where(argument => argument.StartsWith("-target=", StringComparison.Ordinal)).Select(argument => argument[8..]).ToList();
        return JsonSerializer.Serialize(new
        {
            resource_changes = State.Where(address => targets.Count == 0 || targets.Exists(target => address.StartsWith(target, StringComparison.Ordinal)))
                .Select(address => Change(address, new { }, action: "delete")),
        });
    }

    private void Apply(JsonNode plan)
    {
        foreach (var change in plan["resource_changes"]!.AsArray())
        {
            var address = change!["address"]!.GetValue<string>();
            if (change["change"]!["actions"]![0]!.GetValue<string>() == "delete")
            {
                State.Remove(address);
            }
            else if (!State.Contains(address))
            {
                State.Add(address);
            }
        }
    }

    private string StateDocument() => State.Count == 0 ? "{}" : JsonSerializer.Serialize(new
    {
        values = new { root_module = new { resources = State.Select(address => new { address, type = TypeOf(address), mode = "managed", values = new { bucket = TestRuns.Bucket } }) } },
    });

    private static string TypeOf(string address) => address.Split('.')[^2];

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex ArgumentPattern();
}
