using System.Text.Json.Nodes;
using BuildPipeline.Aws;
using BuildPipeline.Jobs;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Terraform;

namespace BuildPipeline.Tasks;

/// <summary>Whether the plan of a run can be applied. If another run's apply has changed the state since, or its own apply was cut, it is made anew, and the approval holds where the new plan does nothing else.</summary>
public sealed class PlanRenewal(PipelineCall call, EnvironmentFiles files, S3Documents documents, RunFinder finder, LeftoverAdoption infrastructure)
{
    /// <summary>Returns where the saved plan is one that terraform applies and that was approved.</summary>
    /// <exception cref="PipelineException">The call lacks options of the plan (exit code 2), the infrastructure changed since in another way (4), or it would change what running jobs use (75).</exception>
    public async Task RequireApplicableAsync(CancellationToken cancellationToken)
    {
        var run = call.Run;
        // Edited files are named when the approval is verified.
        if (!IsEdited(run) && await ReasonAsync(cancellationToken) is { } reason)
        {
            await RenewAsync(reason, cancellationToken);
        }

        await RequireNothingInUseAsync(PlanComparison.ChangesOfShared(call.Run.Plan!), cancellationToken);
    }

    private bool IsEdited(RunRecord run) => run.Plan!.Configuration is { } planned
        && planned.FilesChangedIn(ConfigurationFiles.ReadAgain(planned, call.Options.RepositoryRoot, run.Environment, run.JobFile)).Count > 0;

    // What an apply that was cut has created may be outside of the state, where only a new plan finds it.
    private async Task<string?> ReasonAsync(CancellationToken cancellationToken) =>
        call.Run.ApplyStartedAt is not null ? $"The apply of run {call.Run.RunId} did not finish"
        : await IsStaleAsync(cancellationToken) ? $"Another run has changed the infrastructure since run {call.Run.RunId} was planned"
        : null;

    private async Task<bool> IsStaleAsync(CancellationToken cancellationToken)
    {
        if (StateVersion.OfPlan(call.Session.PathOf(RunFiles.Plan)) is not { } planned)
        {
            return false;
        }

        var state = await documents.ReadAsync<JsonObject>(files.StateKey, "Terraform state", cancellationToken);
        return !StateVersion.Of(state.Value).Takes(planned);
    }

    private async Task RenewAsync(string reason, CancellationToken cancellationToken)
    {
        var approved = call.Run.Plan!;
        var environment = WithVariablesOf(approved.Configuration, reason);
        call.Console.Say($"{reason}. Planning again; the approval holds if the plan is the same.");
        var (file, json) = (call.Session.PathOf("renewed.tfplan"), call.Session.PathOf("renewed.json"));
        var planned = await infrastructure.PlanAsync(new TerraformCall(environment, call.Session.PathOf(RunFiles.TerraformLog), cancellationToken), file, json);
        var (plan, job) = TerraformDocuments.ReadPlan(planned, file, call.Time.GetUtcNow());
        if ((PlanComparison.FirstDifference(approved, plan) ?? JobComparison.FirstDifference(call.Run.Subject!.Job, job)) is { } difference)
        {
            File.Delete(file);
            throw Void($"its plan would now differ in {difference}");
        }

        // The log first: a process that dies in between leaves a plan that is stale, so the next one makes it again.
        plan = plan with { Configuration = approved.Configuration, ApprovedSha256 = approved.ApprovedSha256 ?? approved.PlanSha256, ContentSha256 = approved.ContentSha256 };
        await call.Session.UpdateAsync("plan.renewed", run => run with { Plan = plan, Job = job }, new { plan.PlanSha256, plan.ApprovedSha256, plan.Add, plan.Change, plan.Destroy }, cancellationToken);
        File.Move(file, call.Session.PathOf(RunFiles.Plan), overwrite: true);
        File.Move(json, call.Session.PathOf(RunFiles.PlanJson), overwrite: true);
        await call.Session.PutFileAsync(RunFiles.Plan, cancellationToken);
        call.Console.Done($"The plan is the same, so the approval holds: {plan.Add} to add, {plan.Change} to change, {plan.Destroy} to destroy.");
    }

    // Values of --var are recorded by their hash, so only the call can give them again.
    private TerraformEnvironment WithVariablesOf(ConfigurationRecord? planned, string reason)
    {
        var (environment, options) = (files.Terraform, call.Options);
        if (planned is null)
        {
            return environment;
        }

        List<string> recorded = options.VariableFiles.Count > 0 ? [] : [.. planned.VariableFiles.Keys.Where(File.Exists)];
        var now = ConfigurationFiles.Read(options.RepositoryRoot, call.Run.Environment, call.Run.JobFile, [.. options.VariableFiles, .. recorded], options.Variables);
        if ((now with { Lock = planned.Lock }).Sha256() != planned.Sha256())
        {
            var missing = planned.Variables.Keys.Select(name => $"--var={name}=...").Concat(planned.VariableFiles.Keys.Select(file => $"--var-file={file}"));
            throw new PipelineException(
                RunErrors.FixedOption,
                $"{reason}, so its plan has to be made again, with the same options. Repeat {string.Join(" and ", missing)}, or start a new run with:\n  {RunContinuation.NewRun(call.Hints, call.Run.JobFile)}");
        }

        return environment with { VariableFiles = [.. environment.VariableFiles, .. recorded] };
    }

    private PipelineException Void(string why) => new(
        TerraformErrors.StalePlan,
        $"The infrastructure changed after run {call.Run.RunId} was planned, and {why}. Its plan and its approval are void. Start a new run with:\n  {RunContinuation.NewRun(call.Hints, call.Run.JobFile)}");

    // The jobs of other runs were approved with the role, the network and the bucket as they are.
    private async Task RequireNothingInUseAsync(IReadOnlyList<string> changed, CancellationToken cancellationToken)
    {
        // Read again: others may have submitted while this process waited for its turn.
        List<RunRecord> others = changed.Count == 0 ? [] : [.. (await finder.OpenAsync(needsLog: true, cancellationToken)).Where(run => run.RunId != call.Run.RunId && run.HasOpenJob)];
        if (others.Count > 0)
        {
            throw new PipelineException(
                TerraformErrors.InUseByRuns,
                $"The plan of run {call.Run.RunId} changes what jobs of other runs use while they run: {string.Join(", ", changed)}. Wait for the end of {string.Join(", ", others.Select(run => run.RunId))}. Then run this again:\n  {call.Hints.For(call.Options.Target!, $"--run={call.Run.RunId}")}");
        }
    }
}
