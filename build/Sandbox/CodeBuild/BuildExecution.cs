using System.ComponentModel;
using System.Globalization;
using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Programs;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CodeBuild;

/// <summary>Runs one build: a process of this machine, in folders of its own, with the credentials of the project's role.</summary>
internal sealed class BuildExecution(BuildHost host, BuildStore store, Build build, string region) : IDisposable
{
    private const string Shell = "/bin/sh";

    private readonly CancellationTokenSource _stopped = new();
    private bool _hasFailed;

    /// <summary>Ends the build, if it is in progress.</summary>
    public void Stop() => _stopped.Cancel();

    /// <param name="shutdown">Ends the build with the sandbox.</param>
    public async Task RunAsync(CancellationToken shutdown)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(build.Project.TimeoutMinutes), host.Time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopped.Token, shutdown);
        try
        {
            await BuildAsync(end.Token);
            Finish(_hasFailed ? BuildStatus.Failed : BuildStatus.Succeeded);
        }
        catch (OperationCanceledException)
        {
            Finish(_stopped.IsCancellationRequested ? BuildStatus.Stopped : shutdown.IsCancellationRequested ? BuildStatus.Fault : BuildStatus.TimedOut);
        }
        catch (AwsError refusal)
        {
            Finish(BuildStatus.Failed, "ACCESS_DENIED", $"{refusal.Code}: {refusal.Message}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or Win32Exception)
        {
            Finish(BuildStatus.Fault, "INTERNAL_SERVICE_ERROR", exception.Message);
        }
    }

    public void Dispose() => _stopped.Dispose();

    private async Task BuildAsync(CancellationToken cancellationToken)
    {
        Enter("QUEUED");
        Enter("PROVISIONING");
        var project = build.Project;
        var role = host.Roles.Start(
            project.ServiceRole, new ServiceActor(ProjectRules.Principal, project.Arn), $"AWSCodeBuild-{build.Uuid}", TimeSpan.FromMinutes(project.TimeoutMinutes) + TimeSpan.FromHours(1));
        var log = BuildLog.Open(host, build, region, role.Caller);
        using var folder = new BuildFolder(host.Settings.FolderOf("tmp"));
        Enter("DOWNLOAD_SOURCE");
        var ofCheckout = project.Repository is null ? new Dictionary<string, string>() : host.Inputs.Checkout.CopyTo(folder.Source);
        if (ReadParameters(role.Caller) is not { } parameters)
        {
            return;
        }

        log.Hide(parameters.Values);
        var environment = await EnvironmentAsync(folder, ofCheckout.Concat(parameters), role, cancellationToken);
        Leave(BuildStatus.Succeeded);
        await RunCommandsAsync(folder, environment, log, cancellationToken);
        Enter("FINALIZING");
    }

    // Null where a value cannot be read, which ends the build.
    private IReadOnlyDictionary<string, string>? ReadParameters(Caller role)
    {
        try
        {
            return BuildParameters.Read(host, build.Project, region, role);
        }
        catch (AwsError refusal)
        {
            _hasFailed = true;
            Leave(BuildStatus.Failed, "Decrypted Variables Error", refusal.Message);
            return null;
        }
    }

    private async Task RunCommandsAsync(BuildFolder folder, IReadOnlyDictionary<string, string> environment, BuildLog log, CancellationToken cancellationToken)
    {
        var token = Guid.NewGuid().ToString("N");
        await File.WriteAllTextAsync(folder.Script, BuildScript.Write(Buildspec.Parse(build.Project.Buildspec), token), cancellationToken);
        var gate = new Lock();
        await using var program = HostProgram.Start(Shell, [folder.Script], folder.Source, environment, line =>
        {
            // Each of the program's two outputs comes on a thread of its own.
            lock (gate)
            {
                Hear(line, token, log);
            }
        });
        var code = await program.Exit.WaitAsync(cancellationToken);
        _hasFailed |= code != 0;
    }

    private void Hear(string line, string token, BuildLog log)
    {
        switch (BuildScript.Read(line, token))
        {
            case null:
                log.Write(line);
                break;
            case { ExitCode: null } mark:
                Enter(mark.Phase);
                break;
            case { ExitCode: 0 }:
                Leave(BuildStatus.Succeeded);
                break;
            case { ExitCode: var code }:
                _hasFailed = true;
                var reason = string.Create(CultureInfo.InvariantCulture, $"Error while executing command. Reason: exit status {code}");
                log.Write($"[Container] {reason}");
                Leave(BuildStatus.Failed, "COMMAND_EXECUTION_ERROR", reason);
                break;
        }
    }

    private async Task<Dictionary<string, string>> EnvironmentAsync(
        BuildFolder folder, IEnumerable<KeyValuePair<string, string>> others, SessionCredentials role, CancellationToken cancellationToken)
    {
        var project = build.Project;
        var environment = ProgramVariables.Folders(folder.Home, folder.Temporary);
        Dictionary<string, string> ofBuild = new()
        {
            ["CODEBUILD_BUILD_ARN"] = build.Arn,
            ["CODEBUILD_BUILD_ID"] = build.Id,
            ["CODEBUILD_BUILD_NUMBER"] = build.Number.ToString(CultureInfo.InvariantCulture),
            ["CODEBUILD_INITIATOR"] = build.Initiator,
            ["CODEBUILD_SRC_DIR"] = folder.Source,
        };

        // Those of the sandbox are last: whatever a project sets, an AWS client reaches the sandbox and has no other credentials.
        var own = ProgramVariables.Aws(folder.Home, await host.Address.GetAsync(cancellationToken), region, role);
        foreach (var (name, value) in Buildspec.Parse(project.Buildspec).Variables.Concat(project.Variables).Concat(others).Concat(ofBuild).Concat(own))
        {
            environment[name] = value;
        }

        return environment;
    }

    private void Enter(string phase) => Change((one, now) => one.Leave(BuildStatus.Succeeded, now).Enter(phase, now));

    private void Leave(BuildStatus status, string? code = null, string? message = null) => Change((one, now) => one.Leave(status, now, code, message));

    private void Finish(BuildStatus status, string? code = null, string? message = null) => Change((one, now) => one.Finish(status, now, code, message));

    private void Change(Func<Build, DateTimeOffset, Build> change) => store.Builds.Update(build.Id, one => change(one, host.Time.GetUtcNow()));
}
