using BuildPipeline.Runs;

namespace BuildPipeline.Approvals;

/// <summary>What the command line and the environment say about approving.</summary>
/// <param name="ApproveOption">Digest of <c>--approve</c>; null where it is not given.</param>
/// <param name="IsSandbox">True where nothing can be spent.</param>
public sealed record ApprovalRequestOptions(string? ApproveOption, bool IsSandbox);

/// <summary>Asks a person at a terminal.</summary>
public interface IApprovalPrompt
{
    /// <summary>True where a person can be asked.</summary>
    bool CanAsk { get; }

    /// <summary>Asks for the amount; what was typed, as typed.</summary>
    Task<string> AskAmountAsync(ApprovalSubject subject, string digest, CancellationToken cancellationToken);
}

/// <summary>Gives and checks approvals; each binds exactly one digest.</summary>
public sealed class ApprovalDesk(IApprovalPrompt prompt, TimeProvider time)
{
    /// <summary>Gets the approval of a subject.</summary>
    /// <exception cref="PipelineException">It is not given, or for something else (exit code 4).</exception>
    public async Task<ApprovalRecord> ApproveAsync(ApprovalSubject subject, ApprovalRequestOptions options, CancellationToken cancellationToken)
    {
        var digest = ApprovalDigest.Of(subject);
        ApprovalRecord By(ApprovalSource source, string approver) => new(digest, subject, source, approver, time.GetUtcNow());
        if (options.ApproveOption is { } given)
        {
            return given == digest
                ? Environment.GetEnvironmentVariable("GITHUB_ACTIONS") == "true"
                    ? By(ApprovalSource.GitHubEnvironment, Environment.GetEnvironmentVariable("GITHUB_ACTOR") ?? "unknown")
                    : By(ApprovalSource.Option, Environment.UserName)
                : throw Missing($"--approve={given} is not the digest of this run, which is {digest}; look at the plan and price again before you approve it.");
        }

        if (options.IsSandbox)
        {
            return By(ApprovalSource.Sandbox, "sandbox");
        }

        if (!prompt.CanAsk)
        {
            throw Missing($"Run {subject.RunId} needs an approval of {subject.Ceiling}, and there is no terminal to ask at; call again with --run={subject.RunId} --approve={digest}.");
        }

        var typed = await prompt.AskAmountAsync(subject, digest, cancellationToken);
        return IsAmount(typed, subject.Ceiling)
            ? By(ApprovalSource.Terminal, Environment.UserName)
            : throw Missing($"'{typed}' is not the amount {subject.Ceiling}; nothing was approved.");
    }

    /// <summary>Refuses an approval that is void.</summary>
    /// <param name="approval">The approval.</param>
    /// <param name="now">What would be done now.</param>
    /// <exception cref="PipelineException">Something changed since, or its time is over (exit code 4).</exception>
    public void Verify(ApprovalRecord approval, ApprovalSubject now)
    {
        if (ApprovalDigest.Of(now) != approval.Digest)
        {
            var changed = string.Join(", ", ApprovalDigest.Differences(approval.Subject, now));
            throw Missing($"The approval of run {now.RunId} is void: {(changed.Length == 0 ? "its digest does not fit its content" : $"{changed} changed since it was given")}. Plan again and get a new approval.");
        }

        if (time.GetUtcNow() > approval.Subject.ExpiresAt)
        {
            throw Missing($"The approval of run {now.RunId} ended at {approval.Subject.ExpiresAt:u}; plan again and get a new approval.");
        }
    }

    private static bool IsAmount(string typed, Usd ceiling) =>
        decimal.TryParse(typed.Trim().TrimStart('$'), System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var amount)
        && amount == ceiling.Amount;

    private static PipelineException Missing(string sentence) => new(ExitCode.NotApproved, sentence);
}
