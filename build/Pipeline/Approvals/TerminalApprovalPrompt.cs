using Spectre.Console;

namespace BuildPipeline.Approvals;

/// <summary>Asks at the terminal; typing the amount makes sure that it was read.</summary>
public sealed class TerminalApprovalPrompt(IAnsiConsole console) : IApprovalPrompt
{
    /// <inheritdoc/>
    public bool CanAsk => console.Profile.Capabilities.Interactive && !Console.IsInputRedirected;

    /// <inheritdoc/>
    public Task<string> AskAmountAsync(ApprovalSubject subject, string digest, CancellationToken cancellationToken)
    {
        console.MarkupLine($"This approves [bold]{digest[..12]}[/] until {subject.ExpiresAt:u} and can cost up to [bold]{subject.Ceiling}[/].");
        return new TextPrompt<string>("Type the amount to approve; anything else cancels:").AllowEmpty().ShowAsync(console, cancellationToken);
    }
}
