using BuildPipeline.Spot;

namespace BuildPipeline.Cli;

/// <summary>Every option that there is; anything else is an error.</summary>
public static class OptionCatalog
{
    private static readonly string[] RunTargets = ["Plan", "Forecast", "CostGate", "Approve", "Apply", "Launch"];
    private static readonly string[] AfterStart = ["Forecast", "CostGate", "Approve", "Apply", "Launch", "Validate", "Summary", "Status", "Logs", "Stop", "Resume", "Verify"];

    private static readonly string[] JobTargets = [.. RunTargets, "Resume", "Validate", "Summary", "Status", "Logs", "Stop", "Cleanup", "Doctor"];

    private static readonly string[] FreezeTargets = ["Freeze", "Unfreeze"];

    /// <summary>Targets that print a document.</summary>
    internal static readonly string[] DocumentTargets = ["Compare", "History", "Status"];

    /// <summary>Targets that may start a sweep.</summary>
    internal static readonly string[] SweepStartTargets = ["CostGate", "Approve", "Launch"];

    /// <summary>Targets that work on a sweep.</summary>
    internal static readonly string[] SweepTargets = [.. SweepStartTargets, "Resume", "Status", "Stop"];

    /// <summary>Targets that work on a job that Terraform alone submitted.</summary>
    internal static readonly string[] AdoptionTargets = ["Status", "Summary", "Validate"];

    /// <summary>The pipeline's own options, then those of the task runner.</summary>
    public static IReadOnlyList<Option> All { get; } =
    [
        new("target", "NAME", "Target to run.", [], "t"),
        new("environment", "NAME", "Environment to use: infra/environments/NAME.tfvars and NAME.s3.tfbackend; default sandbox.", [], IsContext: true),
        new("assume-role", "ARN", "Assumes this role, with the session tags team and environment, and works with its credentials, Terraform too.", [], IsContext: true),
        new("job", "NAME", "Uses this job of the environment: infra/jobs/NAME.tfvars, read after the environment's file.", JobTargets, IsContext: true),
        new("var", "NAME=VALUE", "Sets a Terraform variable; NAME=null sets it to null.", [.. RunTargets, "Cleanup", "Doctor", .. FreezeTargets], Repeatable: true, IsContext: true),
        new("var-file", "FILE", "Reads Terraform variables from another file.", [.. RunTargets, "Cleanup", "Doctor", .. FreezeTargets], Repeatable: true, IsContext: true),
        new("run", "RUN-ID", "Uses an existing run ('latest' for the newest of the environment) instead of a new one, or the sweep of that ID. Compare takes it twice.", [.. AfterStart, "Compare"]),
        new("sweep", "FILE", "Works on the sweep of this file, variants of the job under one approval; finds the one that is not finished, or starts one.", SweepStartTargets),
        new("adopt", "JOB-NAME", "Uses a training job that Terraform alone submitted.", AdoptionTargets),
        new("approve", "DIGEST", "Approves exactly the plan, job, source, prices and amount with this digest.", ["Approve", "Apply", "Launch"]),
        new("approval-key", "FILE", "Public key (PEM) that the approval has to be signed with; default infra/environments/NAME.approval-key.pem.", ["Verify"]),
        new("offline", null, "Shows the copies of runs on this machine, without access to the account.", ["Status", "Summary"]),
        new("detach", null, "Submits the job and returns at once with exit code 75.", ["Launch", "Resume"]),
        new("wait", "DURATION", "Watches the job for at most this long (90s, 30m, 5h), then returns with exit code 75.", ["Launch", "Resume"]),
        new("for", "DURATION", "Watches for at most this long (30m, 5h), then returns with exit code 75 if a run is open.", ["Watch"]),
        new("accept-running", null, "Returns exit code 0 instead of 75 where a job or a run was left running as asked, for callers to whom every other code is a failure.", ["Launch", "Resume", "Watch"]),
        new("parallel", "NUMBER", "How many runs of a watch or a sweep are driven at once; default 4. Watch takes those whose deadline is due on top.", ["Watch", "CostGate", "Approve", "Launch", "Resume"]),
        new("deadline", "DURATION", "Deadline for the training (90m, 6h); moves the job to on-demand when needed to meet it.", [.. RunTargets.Except(["Plan"])], IsContext: true),
        new("policy", "NAME", $"Chooses between spot and on-demand under a deadline: {string.Join(", ", MarketPolicies.Names)}; default {MarketPolicies.Default}. spot-only never moves the job.", [.. RunTargets.Except(["Plan"]), "Replay"], IsContext: true),
        new("on-stall", "ACTION", "When no checkpoint comes for three times the run's own rhythm: warn, or restart the job from its last complete checkpoint, within the approved amount and at most 3 times; default warn.", [.. RunTargets.Except(["Plan", "Forecast"])], IsContext: true),
        new("policy-command", "COMMAND", "Asks rules of your own with this command at the cost gate, and again before the first submission: it gets the path of gate-input.json and prints findings (see policies.md).", [.. RunTargets.Except(["Plan", "Forecast"])], IsContext: true),
        new("what-if", null, "Compares the run with other instance types, nodes, markets and deadlines that the team may use; plans up to four of them, so each has a digest to approve (see what-if.md).", ["CostGate"]),
        new("why", "TEXT", "Reason, which is recorded and shown to everybody whom the freeze stops.", FreezeTargets),
        new("team", "NAME", "Only this team; default: every team. Stop takes it with --all.", [.. FreezeTargets, "Stop", "History"]),
        new("month", "YYYY-MM", "Only runs that started in this month (UTC); default: every month.", ["History"]),
        new("output", "FORMAT", "text, or json: one document on standard output, everything else on standard error; default text.", DocumentTargets),
        new("all", null, "Stops every running training job of the environment, whoever submitted it.", ["Stop"]),
        new("attempt", "NUMBER", "Training job of the run, counted from 1; default is the newest.", ["Logs"]),
        new("follow", null, "Shows new lines until the job has ended. Ctrl-C leaves with exit code 0; the job keeps running.", ["Logs"]),
        new("node", "NUMBER", "Shows only the log of this node, counted from 1.", ["Logs"]),
        new("release-lock", "ID", "Releases the Terraform state lock with this ID, whose owner is gone.", [.. RunTargets.Except(["Forecast"]), "Cleanup"]),
        new("purge-artifacts", "BUCKET", "Also deletes the artifact bucket; give its name to confirm.", ["Cleanup"]),
        new("github-repository", "OWNER/NAME", "Repository that the summary is posted to; default $GITHUB_REPOSITORY.", ["Launch", "Resume", "Watch", "Summary", "CostGate", "Approve", "Apply", "Comment", "Doctor"], IsContext: true),
        new("github-issue", "NUMBER", "Issue or pull request that the summary is posted to, and whose comments may approve.", ["Launch", "Resume", "Watch", "Summary", "CostGate", "Approve", "Apply"], IsContext: true),
        new("interruptions", "LIST", "Sandbox: spot interruptions to simulate, a number or a list such as checkpoint:2,8s; 0 for none.", ["Launch", "Resume"]),
        new("traces", "DIR", "Folder of recorded spot traces.", ["Replay"]),
        new("jobs", "FILE", "File of the jobs to replay.", ["Replay"]),
        new("out", "FILE", "File that the replay results are written to.", ["Replay"]),
        new("plot", "FILE", "Plots cost against deadline slack for each policy on all traces, as .svg or .png.", ["Replay"]),
        new("sweep-checkpoints", "SECONDS", "Compares checkpoint intervals for saves that block training this long, for example 2,20,120.", ["Replay"]),
        new("artifacts", "DIR", "Folder that runs are recorded in; default artifacts.", [], IsContext: true),
        new("sandbox-state", "DIR", "Folder of the sandbox's state; default .sandbox.", [], IsContext: true),
        new("port", "NUMBER", "Port of the sandbox; default: a free port.", ["Sandbox"]),
        new("filter", "EXPRESSION", "Runs only the tests that match this dotnet test filter.", ["Test"]),
        new("tier", "NAME", "Tests to run: default, or all for other clients, long journeys and research runs too.", ["Test"]),
        new("verbosity", "LEVEL", "Level of the task runner's log: quiet, minimal, normal, verbose or diagnostic.", [], "v"),
        new("dryrun", null, "Shows the targets that would run, without running them.", []),
        new("exclusive", null, "Runs the target without the targets that it depends on.", [], "e"),
        new("tree", null, "Shows how the targets depend on each other.", []),
        new("description", null, "Lists the targets.", []),
        new("version", null, "Shows the version.", []),
        new("info", null, "Shows the versions of the task runner.", []),
        new("help", null, "Shows targets, options and examples; with --target=NAME, those of one target.", [], "h"),
    ];

    /// <summary>The option of that long or one-letter name; null if there is none. Case does not matter, as in the task runner.</summary>
    public static Option? Find(string name) => All.FirstOrDefault(option =>
        string.Equals(option.Name, name, StringComparison.OrdinalIgnoreCase) || string.Equals(option.Short, name, StringComparison.Ordinal));
}
