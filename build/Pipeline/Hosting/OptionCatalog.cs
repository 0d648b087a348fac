using BuildPipeline.Spot;

namespace BuildPipeline.Hosting;

/// <summary>Every option that there is; anything else is an error.</summary>
public static class OptionCatalog
{
    private static readonly string[] Stages = ["Plan", "Forecast", "CostGate", "Approve", "Apply", "Launch"];
    private static readonly string[] AfterStart = ["Forecast", "CostGate", "Approve", "Apply", "Launch", "Validate", "Summary", "Status", "Logs", "Stop"];

    /// <summary>The pipeline's own options, then those of the task runner.</summary>
    public static IReadOnlyList<Option> All { get; } =
    [
        new("target", "NAME", "What to do.", [], "t"),
        new("environment", "NAME", "Reads infra/environments/NAME.tfvars and NAME.s3.tfbackend; default sandbox.", [], IsContext: true),
        new("var", "NAME=VALUE", "Sets a Terraform variable.", [.. Stages, "Cleanup"], Repeatable: true, IsContext: true),
        new("var-file", "FILE", "Reads Terraform variables from a further file.", [.. Stages, "Cleanup"], Repeatable: true, IsContext: true),
        new("run", "RUN-ID", "Goes on with that run instead of a new one; 'latest' is the newest.", AfterStart),
        new("approve", "DIGEST", "Approves exactly the plan, job, source, prices and amount of that digest.", ["Approve", "Apply", "Launch"]),
        new("detach", null, "Submits and returns at once, with exit code 75.", ["Launch"]),
        new("wait", "DURATION", "Watches at most that long (90s, 30m, 5h), then returns with exit code 75.", ["Launch"]),
        new("deadline", "DURATION", "The training has to be done by then (90m, 6h); the job moves from spot to on-demand in time.", [.. Stages.Except(["Plan"])], IsContext: true),
        new("policy", "NAME", $"Decides between spot and on-demand under a deadline: {string.Join(", ", MarketPolicies.Names)}; default {MarketPolicies.Default}, spot-only never moves.", [.. Stages.Except(["Plan"]), "Replay"], IsContext: true),
        new("attempt", "NUMBER", "Training job of the run, counted from 1; default is the newest.", ["Logs"]),
        new("node", "NUMBER", "Shows the log of that node only, counted from 1.", ["Logs"]),
        new("release-lock", "ID", "Releases the Terraform state lock of that ID, whose owner is gone.", [.. Stages.Except(["Forecast"]), "Cleanup"]),
        new("purge-artifacts", "BUCKET", "Deletes the artifact bucket too; its name has to be typed.", ["Cleanup"]),
        new("github-repository", "OWNER/NAME", "Where the summary is posted; default $GITHUB_REPOSITORY.", ["Launch", "Summary", "CostGate"], IsContext: true),
        new("github-issue", "NUMBER", "Issue or pull request that gets the summary.", ["Launch", "Summary", "CostGate"], IsContext: true),
        new("interruptions", "LIST", "Sandbox: spot interruptions, a number or a list such as checkpoint:2,8s; 0 is none.", ["Launch"]),
        new("traces", "DIR", "Folder of recorded spot traces.", ["Replay"]),
        new("jobs", "FILE", "Jobs to replay.", ["Replay"]),
        new("out", "FILE", "Gets the results of the replayed jobs.", ["Replay"]),
        new("plot", "FILE", "Draws cost against deadline slack for each policy, on all traces, as .svg or .png.", ["Replay"]),
        new("sweep-checkpoints", "SECONDS", "Compares checkpoint intervals for saves that block that long, such as 2,20,120.", ["Replay"]),
        new("artifacts", "DIR", "Where runs are recorded; default artifacts.", [], IsContext: true),
        new("sandbox-state", "DIR", "Where the sandbox keeps its state; default .sandbox.", [], IsContext: true),
        new("port", "NUMBER", "Port of the sandbox; default is a free one.", ["Sandbox"]),
        new("filter", "EXPRESSION", "Runs only the tests that dotnet test selects with it.", ["Test"]),
        new("verbosity", "LEVEL", "quiet, minimal, normal, verbose or diagnostic.", [], "v"),
        new("dryrun", null, "Shows the tasks that would run, and runs none.", []),
        new("exclusive", null, "Runs the target without what it depends on.", [], "e"),
        new("tree", null, "Shows how the targets depend on each other.", []),
        new("description", null, "Lists the targets.", []),
        new("version", null, "Shows what this is.", []),
        new("info", null, "Shows the versions of the task runner.", []),
        new("help", null, "Shows targets, options and examples; with --target=NAME, those of one target.", [], "h"),
    ];

    /// <summary>The option of that long or one-letter name; null where there is none. Case does not matter, as in the task runner.</summary>
    public static Option? Find(string name) => All.FirstOrDefault(option =>
        string.Equals(option.Name, name, StringComparison.OrdinalIgnoreCase) || string.Equals(option.Short, name, StringComparison.Ordinal));
}
