using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Approvals;
using BuildPipeline.Jobs;
using BuildPipeline.Journal;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Terraform;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Applies exactly the saved plan whose digest was approved.</summary>
public sealed class ApplyStage(
    EnvironmentFiles files, TerraformStack stack, RunSession session, ApproveStage approval, EnvironmentLease lease, LeftoverSearch leftovers, CommandHints hints, IAnsiConsole console, TimeProvider time)
{
    /// <summary>Applies, and takes over the job as the outputs describe it.</summary>
    /// <exception cref="PipelineException">The approval is void (4), another process has the environment (75), terraform fails (1), or an output is not what was approved (4).</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (leftovers.IsPartlyApplied(session.Run))
        {
            throw new PipelineException(
                TerraformErrors.ApplyUnfinished,
                $"The apply of run {session.Run.RunId} did not finish, so its plan cannot be applied again. A new run adopts what was created. Start one with:\n  {hints.For("Launch")}");
        }

        await approval.VerifyAsync(cancellationToken);
        await lease.EnsureHeldAsync(cancellationToken);
        await session.UpdateAsync("apply.started", run => run with { ApplyStartedAt = time.GetUtcNow() }, null, cancellationToken);
        var outputs = await console.WorkAsync("terraform apply", () => stack.ApplyAsync(
            new TerraformCall(files.Terraform, session.PathOf(RunFiles.TerraformLog), cancellationToken), session.PathOf(RunFiles.Plan)));
        var job = TerraformDocuments.ReadJob(outputs);
        if (FirstDifference(session.Run.Subject!.Job, job) is { } member)
        {
            throw new PipelineException(
                ApprovalErrors.JobDiffers, $"After apply, training_job.{member} differs from what was approved. Nothing was submitted. Start a new run.");
        }

        await session.UpdateAsync("apply.done", run => run with { Job = job, Stage = RunStage.Applied }, null, CancellationToken.None);
        var plan = session.Run.Plan!;
        console.Done($"Applied: {plan.Add} added, {plan.Change} changed, {plan.Destroy} destroyed.");
    }

    // What was known when it was approved has to be the same afterwards; what was unknown (null) may be filled in, in elements of a list too.
    private static string? FirstDifference(TrainingJobSpec planned, TrainingJobSpec applied) => FirstDifference(
        JsonSerializer.SerializeToNode(planned, RunJson.Compact)!.AsObject(), JsonSerializer.SerializeToNode(applied, RunJson.Compact)!.AsObject());

    private static string? FirstDifference(JsonObject planned, JsonObject applied) =>
        planned.FirstOrDefault(member => !Holds(member.Value, applied[member.Key])).Key;

    private static bool Holds(JsonNode? planned, JsonNode? applied) => (planned, applied) switch
    {
        (JsonArray before, JsonArray after) => before.Count == after.Count && before.Zip(after).All(pair => pair is (JsonObject known, JsonObject now)
            ? FirstDifference(known, now) is null
            : JsonNode.DeepEquals(pair.First, pair.Second)),
        _ => JsonNode.DeepEquals(planned, applied),
    };
}
