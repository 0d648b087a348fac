namespace BuildPipeline.Sandbox.Kernel;

/// <summary>Where AWS's endpoint listens, for programs that the sandbox starts.</summary>
internal sealed class SandboxAddress
{
    private readonly TaskCompletionSource<Uri> _url = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Known from here on.</summary>
    public void Set(Uri url) => _url.TrySetResult(url);

    /// <summary>The address, once the server listens: a job of an earlier sandbox process may resume before.</summary>
    public Task<Uri> GetAsync(CancellationToken cancellationToken) => _url.Task.WaitAsync(cancellationToken);
}
