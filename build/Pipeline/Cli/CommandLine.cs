using System.Globalization;
using System.Text.RegularExpressions;
using BuildPipeline.Policies;
using BuildPipeline.Spot;
using BuildPipeline.Stalls;

namespace BuildPipeline.Cli;

/// <summary>Reads the command line; what it does not know is an error that names the nearest match.</summary>
public static partial class CommandLine
{
    private static readonly string[] Verbosities = ["quiet", "minimal", "normal", "verbose", "diagnostic"];
    private static readonly string[] PictureExtensions = [".svg", ".png"];

    // Longer than SageMaker lets a job run (28 days), and short enough for a timer (49 days).
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1000);

    private const int LongestReason = 500;

    // The variable team has the same rule.
    private const int LongestTeam = 32;

    /// <summary>Reads and checks all options.</summary>
    /// <param name="arguments">As given to the process.</param>
    /// <param name="targets">Names of the targets that there are.</param>
    /// <param name="repositoryRoot">Absolute path of the repository, from which relative paths start: the build scripts work there, wherever they are called from.</param>
    /// <exception cref="PipelineException">A word, option, target or value that is not valid (exit code 2).</exception>
    public static PipelineOptions Read(IReadOnlyList<string> arguments, IReadOnlyCollection<string> targets, string repositoryRoot)
    {
        var given = Split(arguments);
        string? Last(string name) => given.LastOrDefault(pair => pair.Option.Name == name).Value;
        IReadOnlyList<string> Every(string name) => [.. given.Where(pair => pair.Option.Name == name).Select(pair => pair.Value!)];
        bool Has(string name) => given.Any(pair => pair.Option.Name == name);
        string Folder(string name, string standard) => NoFile(name, Path.GetFullPath(Last(name) ?? standard, repositoryRoot));

        string? Given(string name) => Last(name) is { } path ? Path.GetFullPath(path, repositoryRoot) : null;

        RequireVerbosity(Last("verbosity"));
        var target = Last("target") is { } wanted ? KnownTarget(wanted, targets) : null;
        var read = new PipelineOptions
        {
            Target = target,
            Environment = EnvironmentName(Last("environment") ?? PipelineOptions.DefaultEnvironment),
            JobFile = Last("job") is { } jobFile ? JobFile(jobFile) : null,
            AssumeRole = Last("assume-role") is { } role ? Role(role) : null,
            Variables = [.. Every("var").Select(Variable)],
            VariableFiles = [.. Every("var-file").Select(file => VariableFile(file, repositoryRoot))],
            RunId = target is "Compare" ? null : ListedRuns.AtMostOne(Every("run")),
            SweepFile = Last("sweep") is { } sweep ? SweepOptions.File(Path.GetFullPath(sweep, repositoryRoot), target, Has("run")) : null,
            ComparedRuns = target is "Compare" && !Has("help") ? ListedRuns.Two(Every("run")) : [],
            Adopt = Last("adopt") is { } job ? Job(job, target, Has("run") || Has("offline")) : null,
            Approve = Last("approve") is { } digest ? Digest(digest) : null,
            ApprovalKey = Given("approval-key"),
            Offline = target is "Verify" || Has("offline") && (target is "Status" or "Summary" ? true : throw Bad("--offline only applies to the targets Status and Summary: every other target needs the account.")),
            Detach = Has("detach"),
            AcceptRunning = Has("accept-running"),
            Wait = Last("wait") is { } wait ? Duration("wait", wait) : null,
            For = Last("for") is { } span ? Duration("for", span) : null,
            Parallel = Last("parallel") is { } parallel ? Number("parallel", parallel, 1, 64) : null,
            Deadline = Last("deadline") is { } deadline ? Duration("deadline", deadline) : null,
            OnStall = Last("on-stall") is { } onStall ? StallAction(onStall) : null,
            Policy = Last("policy") is { } policy ? Policy(policy) : null,
            PolicyCommand = Last("policy-command") is { } command ? PolicyCommand(command) : null,
            WhatIf = Has("what-if"),
            Why = Reason(Last("why"), target, isNeeded: !Has("help")),
            Team = Last("team") is { } team ? Team(team, target, Has("all")) : null,
            Month = Last("month") is { } month ? ListedRuns.Month(month, target) : null,
            Json = Last("output") is { } format && ListedRuns.IsJson(format, target),
            All = Has("all") && (target is "Stop" && !Has("run") ? true : throw Bad("--all only applies to the target Stop, and not together with --run.")),
            Attempt = Last("attempt") is { } attempt ? Number("attempt", attempt, 1, int.MaxValue) : null,
            Follow = Has("follow"),
            Node = Last("node") is { } node ? Number("node", node, 1, int.MaxValue) : null,
            ReleaseLock = Last("release-lock"),
            PurgeArtifacts = Last("purge-artifacts"),
            GitHubRepository = Last("github-repository") is { } repository ? Repository(repository) : null,
            GitHubIssue = Last("github-issue") is { } issue ? Number("github-issue", issue, 1, int.MaxValue) : null,
            Interruptions = Last("interruptions") is { } list ? SpotSchedule(list) : null,
            ArtifactsFolder = Folder("artifacts", "artifacts"),
            SandboxState = Folder("sandbox-state", ".sandbox"),
            Port = Last("port") is { } port ? Number("port", port, 0, 65535) : 0,
            Filter = Last("filter"),
            AllTiers = Last("tier") is { } tier && IsAll(tier),
            Traces = Given("traces"),
            Jobs = Given("jobs"),
            Out = Given("out"),
            Plot = Given("plot") is { } plot ? Picture(plot) : null,
            SweepCheckpoints = Last("sweep-checkpoints") is { } stalls ? Seconds("sweep-checkpoints", stalls) : null,
            DryRun = Has("dryrun"),
            Exclusive = Has("exclusive"),
            Help = Has("help") || (target is null && !Has("tree") && !Has("description") && !Has("version") && !Has("info")),
            Tree = Has("tree"),
            RepositoryRoot = repositoryRoot,
            Context = [.. given.Where(pair => pair.Option.IsContext).Select(pair => new ContextOption(pair.Option.Name, pair.Value!, pair.Option.Targets))],
            CakeArguments = [.. given.Where(pair => pair.Option.Name != "target").Select(Written), .. target is null ? [] : new[] { $"--target={target}" }],
        };
        return read.Help ? read : SweepOptions.Apply(read);
    }

    private static List<(Option Option, string? Value)> Split(IReadOnlyList<string> arguments)
    {
        var given = new List<(Option, string?)>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (!argument.StartsWith('-'))
            {
                throw new PipelineException(CliErrors.UnexpectedArgument, $"Unexpected argument '{argument}'. Options start with --, for example --target={argument}.");
            }

            var parts = argument.TrimStart('-').Split('=', 2);
            var option = OptionCatalog.Find(parts[0]) ?? throw UnknownOption(parts[0]);
            var value = parts.Length == 2 ? parts[1] : null;
            if (option.Value is not null && value is null && i + 1 < arguments.Count && !arguments[i + 1].StartsWith('-'))
            {
                value = arguments[++i];
            }

            given.Add(Checked(option, value, given.Exists(pair => pair.Item1 == option)));
        }

        return given;
    }

    private static (Option, string?) Checked(Option option, string? value, bool again) =>
        option.Value is not null && string.IsNullOrWhiteSpace(value) ? throw new PipelineException(CliErrors.MissingValue, $"--{option.Name} needs a value: --{option.Name}={option.Value}.")
        : option.Value is null && value is not null and not "true" ? throw new PipelineException(CliErrors.UnwantedValue, $"--{option.Name} takes no value.")
        : again && !option.Repeatable && option.Name != "run" ? throw new PipelineException(CliErrors.RepeatedOption, $"--{option.Name} was given more than once. Give it once.")
        : (option, value);

    private static string Written((Option Option, string? Value) given) =>
        given.Value is null ? $"--{given.Option.Name}" : $"--{given.Option.Name}={given.Value}";

    private static string KnownTarget(string wanted, IReadOnlyCollection<string> targets) =>
        targets.FirstOrDefault(name => string.Equals(name, wanted, StringComparison.OrdinalIgnoreCase))
        ?? throw new PipelineException(CliErrors.UnknownTarget, $"Unknown target '{wanted}'.{Meant(NearestMatch.Find(wanted, targets))} --help lists all targets.");

    private static PipelineException UnknownOption(string name) => new(
        CliErrors.UnknownOption, $"Unknown option --{name}.{Meant(NearestMatch.Find(name, OptionCatalog.All.Select(option => option.Name)), "--")} --help lists all options.");

    private static string Meant(string? nearest, string prefix = "") => nearest is null ? "" : $" Did you mean {prefix}{nearest}?";

    private static string EnvironmentName(string name) => EnvironmentPattern().IsMatch(name)
        ? name
        : throw Bad($"--environment={name} is not a valid environment name (up to 32 lowercase letters, digits and hyphens).");

    private static string JobFile(string name) => EnvironmentPattern().IsMatch(name)
        ? name
        : throw Bad($"--job={name} is not a valid job name (up to 32 lowercase letters, digits and hyphens).");

    private static string NoFile(string option, string folder) =>
        File.Exists(folder) ? throw new PipelineException(CliErrors.FolderExpected, $"--{option}={folder} is a file. Give a folder.") : folder;

    private static void RequireVerbosity(string? level)
    {
        if (level is not null && !Verbosities.Any(name => string.Equals(name, level, StringComparison.OrdinalIgnoreCase) || string.Equals(name[..1], level, StringComparison.OrdinalIgnoreCase)))
        {
            throw Bad($"--verbosity={level} is not a valid level.{Meant(NearestMatch.Find(level, Verbosities))} The levels are {string.Join(", ", Verbosities)}.");
        }
    }

    private static bool IsAll(string tier) => tier.ToUpperInvariant() switch
    {
        "ALL" => true,
        "DEFAULT" => false,
        _ => throw Bad($"--tier={tier} must be default or all."),
    };

    private static string Variable(string text) => VariablePattern().IsMatch(text)
        ? text
        : throw Bad($"--var={text} must have the form NAME=VALUE.");

    private static string VariableFile(string file, string repositoryRoot)
    {
        var path = Path.GetFullPath(file, repositoryRoot);
        return File.Exists(path) ? path : throw new PipelineException(CliErrors.VariableFileMissing, $"--var-file={file}: the file {path} does not exist. A relative path starts at the repository root.");
    }

    private static string Digest(string text) => DigestPattern().IsMatch(text)
        ? text
        : throw Bad($"--approve={text} is not a valid digest. Give the 64 hexadecimal digits that the cost gate shows.");

    private static string Job(string name, string? target, bool namesOther) =>
        !OptionCatalog.AdoptionTargets.Contains(target) ? throw Bad($"--adopt only applies to the targets {string.Join(", ", OptionCatalog.AdoptionTargets)}.")
        : namesOther ? throw Bad("--adopt reads the job from the account, so it cannot be combined with --run and --offline.")
        : JobPattern().IsMatch(name) ? name
        : throw Bad($"--adopt={name} is not the name of a training job (up to 63 letters, digits and hyphens).");

    private static string Role(string arn) => RolePattern().IsMatch(arn)
        ? arn
        : throw Bad($"--assume-role={arn} is not the ARN of a role, for example arn:aws:iam::123456789012:role/finetune-dev-launch.");

    private static string? Reason(string? text, string? target, bool isNeeded) => (text, target is "Freeze" or "Unfreeze") switch
    {
        (null, var applies) when !applies || !isNeeded => null,
        (null, _) => throw new PipelineException(CliErrors.MissingValue, $"--target={target} needs a reason: --why=TEXT."),
        (_, false) => throw Bad("--why only applies to the targets Freeze and Unfreeze."),
        ({ Length: > LongestReason }, true) => throw Bad($"--why has {text.Length} characters. Give at most {LongestReason}."),
        _ => text.EnumerateRunes().Any(InertText.IsHidden) ? throw Bad("--why must be one line without control characters and hidden ones.") : text.Trim(),
    };

    private static string PolicyCommand(string text) => PolicyWords.ProblemOf(text) is { } problem ? throw Bad($"--policy-command {problem}") : text.Trim();

    private static string Team(string name, string? target, bool isAll) =>
        target is not ("Freeze" or "Unfreeze" or "History") && !(target is "Stop" && isAll) ? throw Bad("--team only applies to the targets Freeze, Unfreeze and History, and to Stop with --all.")
        : TeamPattern().IsMatch(name) && name.Length <= LongestTeam ? name
        : throw Bad($"--team={name} is not a valid team name (up to {LongestTeam} lowercase letters, digits and single hyphens, starting with a letter).");

    private static string Repository(string text) => RepositoryPattern().IsMatch(text)
        ? text
        : throw Bad($"--github-repository={text} must have the form OWNER/NAME.");

    private static int Number(string option, string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Bad($"--{option}={text} must be a whole number from {least} to {most}.");

    private static OnStall StallAction(string text) => text switch
    {
        "warn" => OnStall.Warn,
        "restart" => OnStall.Restart,
        _ => throw Bad($"--on-stall={text} must be warn or restart."),
    };

    private static string Policy(string name) => MarketPolicies.Names.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw Bad($"Unknown policy '{name}'.{Meant(NearestMatch.Find(name, MarketPolicies.Names))} The policies are {string.Join(", ", MarketPolicies.Names)}.");

    private static TimeSpan Duration(string option, string text)
    {
        var match = DurationPattern().Match(text);
        if (!match.Success)
        {
            throw Bad($"--{option}={text} is not a valid duration. Give one such as 90s, 30m or 5h.");
        }

        var unit = match.Groups[2].Value switch { "s" => TimeSpan.FromSeconds(1), "m" => TimeSpan.FromMinutes(1), _ => TimeSpan.FromHours(1) };
        return int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= Longest / unit
            ? number * unit
            : throw Bad($"--{option}={text} is out of range. Give a duration from 1s to {Longest.TotalHours:0}h.");
    }

    private static string Picture(string file) => PictureExtensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)
        ? file
        : throw Bad($"--plot={file} must be a {string.Join(" or ", PictureExtensions)} file.");

    private static IReadOnlyList<double> Seconds(string option, string text) =>
        [.. text.Split(',').Select(part => double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86_400
            ? seconds
            : throw Bad($"--{option}={text} must be a list of seconds such as 2,20,120, each above 0 and at most 86400."))];

    // A plain number asks for that many interruptions, spread over the checkpoints.
    private static IReadOnlyList<string> SpotSchedule(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= 20)
        {
            return [.. Enumerable.Range(1, count).Select(i => $"checkpoint:{2 * i}")];
        }

        var entries = text.Split(',', StringSplitOptions.TrimEntries);
        return entries.All(entry => SpotEntryPattern().IsMatch(entry))
            ? entries
            : throw Bad($"--interruptions={text} must be a number up to 20, or a list of entries such as checkpoint:2,8s.");
    }

    private static PipelineException Bad(string sentence) => new(CliErrors.InvalidValue, sentence);

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,31}$")]
    private static partial Regex EnvironmentPattern();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*=", RegexOptions.Singleline)]
    private static partial Regex VariablePattern();

    [GeneratedRegex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    private static partial Regex TeamPattern();

    [GeneratedRegex("^[0-9a-f]{64}$")]
    private static partial Regex DigestPattern();

    [GeneratedRegex("^[A-Za-z0-9](-*[A-Za-z0-9]){0,62}$")]
    private static partial Regex JobPattern();

    [GeneratedRegex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/([A-Za-z0-9+=,.@_-]+/)*[A-Za-z0-9+=,.@_-]{1,64}$")]
    private static partial Regex RolePattern();

    [GeneratedRegex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$")]
    private static partial Regex RepositoryPattern();

    [GeneratedRegex("^([0-9]+)([smh])$")]
    private static partial Regex DurationPattern();

    [GeneratedRegex("^(checkpoint:[1-9][0-9]{0,5}|[0-9]{1,6}s)$")]
    private static partial Regex SpotEntryPattern();
}
