using Spectre.Console;

namespace BuildPipeline.Approvals;

/// <summary>Asks at the terminal; typing the amount makes sure that it was read.</summary>
public sealed class TerminalApprovalPrompt(IAnsiConsole console) : IApprovalPrompt
{
    /// <inheritdoc/>
    public bool CanAsk => console.Profile.Capabilities.Interactive && !Console.IsInputRedirected;

    /// <inheritdoc/>
    public Task<string> AskAmountAsync(ApprovalRequest request, CancellationToken cancellationToken)
    {
        console.MarkupLine($"This approves [bold]{request.Digest[..12]}[/] until {request.ExpiresAt:u} and can cost up to [bold]{request.Ceiling}[/].");
        return new TextPrompt<string>("Type the amount to approve; anything else cancels:").AllowEmpty().ShowAsync(console, cancellationToken);
    }
}
