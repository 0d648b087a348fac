using BuildPipeline.Runs;
using static BuildPipeline.Runs.RunStep;

namespace BuildPipeline.Tasks;

/// <summary>What a target does with a run in one state.</summary>
/// <param name="Steps">The steps that it takes, in order; none if the run is past them.</param>
/// <param name="Exit">Exit code where no step is taken; null if the steps decide it, and for a closed run its own result.</param>
public sealed record Transition(IReadOnlyList<RunStep> Steps, ExitCode? Exit);

/// <summary>Which target does what with a run in which state. No cell takes a run back to an earlier state.</summary>
public static class RunTransitions
{
    private static readonly Transition Done = new([], ExitCode.Done);
    private static readonly Transition Refuse = new([], ExitCode.BadConfiguration);
    private static readonly Transition Wait = new([], ExitCode.StillRunning);

    // The run is closed: the target reports its result and ends with the exit code that the run ended with.
    private static readonly Transition Result = new([], null);

    private static readonly Transition Price = Take(CostGate);
    private static readonly Transition Ask = Take(Approve);
    private static readonly Transition Build = Take(Approve, Apply);
    private static readonly Transition All = Take(Approve, Apply, Launch);
    private static readonly Transition Follow = Take(Launch);
    private static readonly Transition Judge = Take(Validate);
    private static readonly Transition Compare = Take(Forecast);
    private static readonly Transition Write = Take(Summary);
    private static readonly Transition Show = Take(Status);
    private static readonly Transition Read = Take(Logs);
    private static readonly Transition Prove = Take(Verify);
    private static readonly Transition End = Take(Stop);

    /// <summary>By target, one cell for each <see cref="RunState"/> in its order.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<Transition>> Table { get; } = new Dictionary<string, IReadOnlyList<Transition>>
    {
        //              Started              Planned          Priced   Approved Applied  Launched Failed   Trained  Judged   Closed: Failed, Invalid, Validated
        ["Plan"] =     [Take(Plan),          Done,            Done,    Done,    Done,    Done,    Done,    Done,    Done,    Result, Result, Result],
        ["Forecast"] = [Take(Plan, Forecast), Compare,        Compare, Compare, Compare, Compare, Compare, Compare, Compare, Compare, Compare, Compare],
        ["CostGate"] = [After(Plan, Price),  Price,           Price,   Done,    Done,    Done,    Done,    Done,    Done,    Result, Result, Result],
        ["Approve"] =  [Before(Ask),         Gated(Ask),      Ask,     Ask,     Done,    Done,    Done,    Done,    Done,    Result, Result, Result],
        ["Apply"] =    [Before(Build),       Gated(Build),    Build,   Build,   Done,    Done,    Done,    Done,    Done,    Result, Result, Result],
        ["Launch"] =   [Before(All),         Gated(All),      All,     All,     Follow,  Follow,  Follow,  Follow,  Follow,  Result, Result, Result],
        ["Resume"] =   [Refuse,              Refuse,          Refuse,  Refuse,  Refuse,  Follow,  Follow,  Follow,  Follow,  Result, Result, Result],
        ["Validate"] = [Refuse,              Refuse,          Refuse,  Refuse,  Refuse,  Wait,    Judge,   Judge,   Judge,   Result, Judge,  Judge],
        ["Summary"] =  [Write,               Write,           Write,   Write,   Write,   Write,   Write,   Write,   Write,   Write,  Write,  Write],
        ["Status"] =   [Show,                Show,            Show,    Show,    Show,    Show,    Show,    Show,    Show,    Show,   Show,   Show],
        ["Logs"] =     [Read,                Read,            Read,    Read,    Read,    Read,    Read,    Read,    Read,    Read,   Read,   Read],
        ["Verify"] =   [Prove,               Prove,           Prove,   Prove,   Prove,   Prove,   Prove,   Prove,   Prove,   Prove,  Prove,  Prove],
        ["Stop"] =     [End,                 End,             End,     End,     End,     End,     End,     End,     End,     End,    End,    End],
    };

    /// <summary>What a target does with a run in that state.</summary>
    public static Transition Find(string target, RunState state) => Table[target][(int)state];

    private static Transition Take(params IReadOnlyList<RunStep> steps) => new(steps, null);

    private static Transition After(RunStep first, Transition rest) => Take([first, .. rest.Steps]);

    private static Transition Gated(Transition rest) => After(CostGate, rest);

    private static Transition Before(Transition rest) => After(Plan, Gated(rest));
}
