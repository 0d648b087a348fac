using BuildPipeline.Approvals;
using BuildPipeline.Policies;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;

namespace BuildPipeline.Tasks;

/// <summary>Writes <c>gate-input.json</c> and asks the rules of <c>--policy-command</c>: at the gate, and by each later process before the first submission. What one process asked stands for as long as the input is the same.</summary>
public sealed class PolicyGate(PipelineCall call, PolicyProcess process)
{
    private (string Input, PolicyCheck Check)? _asked;

    /// <summary>Writes what the gate decides on, and gives it as text.</summary>
    public string Write(GateContent content)
    {
        var file = call.Session.PathOf(RunFiles.GateInput);
        call.Session.Store.WriteJson(call.Run.RunId, RunFiles.GateInput, GateInput.Create(call.Run, content));
        return File.ReadAllText(file);
    }

    /// <summary>What the rules say now; null if the run asks none. Until the run is approved it is recorded, and after that it is shown where it differs.</summary>
    /// <exception cref="PipelineException">A rule denies the run, or the command does not do what it should (exit code 3).</exception>
    public async Task<PolicyScope?> CheckAsync(GateContent content, CancellationToken cancellationToken)
    {
        var input = Write(content);
        if (CommandOf(call.Run) is not { } command)
        {
            return null;
        }

        var check = _asked is { } asked && asked.Input == input && asked.Check.Command == command
            ? asked.Check
            : await call.Console.RunWithStatusAsync(
                "ask the rules of --policy-command", () => process.AskAsync(command, call.Options.RepositoryRoot, call.Session.PathOf(RunFiles.GateInput), cancellationToken));
        _asked = (input, check);
        if (call.Run.Approval is null)
        {
            await call.Session.UpdateAsync("policy.checked", run => run with { PolicyCheck = check }, check, cancellationToken);
            PolicyView.Show(call.Console, check);
        }
        else if (ApprovalDigest.Compute(check.Scope()) != ApprovalDigest.Compute(call.Run.PolicyCheck!.Scope()))
        {
            PolicyView.Show(call.Console, check);
        }

        check.RequireAllowed();
        return check.Scope();
    }

    // A run that is priced keeps its command, and so does one that its rules have denied. No option replaces what the environment asks.
    private string? CommandOf(RunRecord run)
    {
        if (run.PolicyCheck is not null || run.Subject is not null || run.Plan!.PolicyCommand is not { } command)
        {
            return run.PolicyCheck?.Command ?? (run.Subject is null ? call.Options.PolicyCommand : null);
        }

        return PolicyWords.ProblemOf(command) is { } problem ? throw new PipelineException(PolicyErrors.InvalidCommand, $"policy_command {problem}")
            : call.Options.PolicyCommand is { } other && other != command ? throw new PipelineException(PolicyErrors.InvalidCommand, $"policy_command of environment {run.Environment} is {command}, which --policy-command={other} cannot replace. Omit the option.")
            : command;
    }
}
