using BuildPipeline.Accounts;
using BuildPipeline.Approvals;
using BuildPipeline.Approvals.Statements;
using BuildPipeline.Aws;
using BuildPipeline.Budgets;
using BuildPipeline.Cli;
using BuildPipeline.Doctor;
using BuildPipeline.Freezes;
using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using BuildPipeline.Terminal;
using BuildPipeline.Terraform;
using BuildPipeline.Uploads;
using Cake.Frosting;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Checks what a first run needs. It reads only: no file, no bucket and no job is changed.</summary>
[TaskName("Doctor")]
[TaskDescription("Checks all that a first run needs and says what to do; changes nothing.")]
public sealed class DoctorTask(IAccount account, EnvironmentFiles files, PriceBook prices, ILedgerStore ledgers, CommandHints hints, IAnsiConsole console, TimeProvider time)
    : AsyncFrostingTask<PipelineContext>
{
    private readonly List<Check> _checks = [];

    /// <inheritdoc/>
    public override async Task RunAsync(PipelineContext context)
    {
        var (options, cancellationToken) = (context.Options, context.Cancellation);
        await ToolsAsync(options, cancellationToken);
        await AddAsync("github", () => GitHubAsync(options, cancellationToken));
        if (await FilesAsync() is { } values)
        {
            using var region = new AwsClients(account, new NamedRegion(values.Text("region")));
            await AccountAsync(values, region, options, cancellationToken);
            await AddAsync("variables", () => Task.FromResult(JobChecks.Variables(values)));
            if (_checks[^1].Result != CheckResult.Failed)
            {
                await JobAsync(JobChecks.JobOf(values, options.Environment), values, region, options, cancellationToken);
            }
        }

        var failed = _checks.Where(check => check.Result == CheckResult.Failed).ToList();
        if (failed.Count > 0)
        {
            throw new PipelineException(DoctorErrors.NotReady, $"{failed.Count} of {_checks.Count} checks failed: {string.Join(", ", failed.Select(check => check.Name))}. Do what their lines say, and run this again.");
        }

        var open = _checks.Count(check => check.Result == CheckResult.Warning);
        console.Done(open == 0
            ? $"Environment {options.Environment} has all that a run needs."
            : $"No check of environment {options.Environment} failed. Read the {Counted.Format(open, "line")} with ! before you launch.");
    }

    private async Task ToolsAsync(PipelineOptions options, CancellationToken cancellationToken)
    {
        var minimum = ToolChecks.MinimumTerraform(await File.ReadAllTextAsync(Path.Combine(options.RepositoryRoot, "build", "tools.properties"), cancellationToken));
        await AddAsync("dotnet", async () => ToolChecks.Needed("dotnet", await ToolProbe.VersionAsync("dotnet", "--version", cancellationToken)));
        await AddAsync("terraform", async () => ToolChecks.Terraform(await ToolProbe.VersionAsync("terraform", "version", cancellationToken), minimum));
        await AddAsync("git", async () => ToolChecks.Git(await ToolProbe.VersionAsync("git", "--version", cancellationToken)));
        if (!OperatingSystem.IsWindows())
        {
            await AddAsync("bash", async () => ToolChecks.Needed("bash", await ToolProbe.VersionAsync("bash", "--version", cancellationToken)));
        }
    }

    private async Task<VariableValues?> FilesAsync()
    {
        VariableValues? values = null;
        await AddAsync("files", () =>
        {
            var environment = files.Terraform;
            values = VariableValues.Read(environment);
            return Task.FromResult(Check.Good("files", $"{string.Join(", ", environment.VariableFiles.Append(environment.BackendFile).Select(Path.GetFileName))}"));
        });
        return values;
    }

    private async Task AccountAsync(VariableValues values, AwsClients region, PipelineOptions options, CancellationToken cancellationToken)
    {
        await AddAsync("credentials", async () => AccountChecks.Credentials(
            await region.CheckCredentialsAsync(cancellationToken),
            await AccountProbe.ExpiryAsync(region.SecurityToken.Config, cancellationToken) - time.GetUtcNow(),
            values.Texts("allowed_account_ids")));
        if (_checks[^1].Error is { } error && error != DoctorErrors.OtherAccount)
        {
            return;
        }

        using var state = new AwsClients(account, files);
        await AddAsync("state bucket", async () => AccountChecks.State(
            await AccountProbe.StateAsync(state.S3, files.StateBucket, cancellationToken), $"Create or complete it with:\n  {hints.For("Bootstrap")}"));
        await AddAsync("permissions", async () => AccountChecks.Permissions(
            await AccountProbe.PermissionsAsync(region, state.S3, files.StateBucket, cancellationToken)));
        if (values.Text("approval_key_arn") is { Length: > 0 } key)
        {
            await AddAsync("approval key", () => ApprovalKeyAsync(region, key, PinnedKey.Of(options.RepositoryRoot, options.Environment, options.ApprovalKey), cancellationToken));
        }

        var freezes = new FreezeStore(new S3Documents(state, files, time, hints), options.Environment);
        await AddAllAsync("freeze", async () => AccountChecks.Freezes([.. (await freezes.HoldingAnywhereAsync(cancellationToken)).Select(record => record.Describe()!)]));
    }

    private static async Task<Check> ApprovalKeyAsync(AwsClients region, string arn, PinnedKey pinned, CancellationToken cancellationToken)
    {
        var (info, usage) = await AccountProbe.SigningKeyAsync(region, arn, cancellationToken);
        return AccountChecks.ApprovalKey(usage, ApprovalKey.Import(info, arn).Fingerprint, pinned.Find()?.Fingerprint, pinned.Path);
    }

    private async Task JobAsync(TrainingJobSpec job, VariableValues values, AwsClients region, PipelineOptions options, CancellationToken cancellationToken)
    {
        var mayMove = options.Deadline is not null || values.Number("deadline_hours") is not null;
        await AddAsync("image", async () => JobChecks.Image(job, await account.ImageProblemAsync(job.TrainingImageUri, cancellationToken), account.KnowsImages, account.EndpointOf("ECR")));
        await AddAsync("quotas", async () =>
        {
            _ = prices.TrainingRate(job.Region, job.InstanceType);
            return JobChecks.Quotas(await new QuotaCheck(region).CheckAsync(job, mayMove, cancellationToken));
        });
        await AddAsync("data", () => DataAsync(job, region, options, cancellationToken));
        await AddAsync("budget", async () => JobChecks.Budget(values, values.Map("teams") is { Count: > 0 } ? await ledgers.ReadAsync(job.Team, cancellationToken) : null));
    }

    private static async Task<Check> DataAsync(TrainingJobSpec job, IAwsClients region, PipelineOptions options, CancellationToken cancellationToken)
    {
        var data = await TrainingData.InspectAsync(job, options.RepositoryRoot, cancellationToken);
        foreach (var channel in data)
        {
            if (await DataCheck.CheckAsync(region, channel, cancellationToken) is { } warning)
            {
                return Check.Warning("data", warning);
            }
        }

        return Check.Good("data", string.Join(", ", data.Select(channel => $"{channel.Channel}: {channel.Uri}")));
    }

    private async Task<Check> GitHubAsync(PipelineOptions options, CancellationToken cancellationToken)
    {
        var repository = options.GitHubRepository ?? account.GitHub.Repository;
        return GitHubCheck.Judge(await GitHubCheck.AskAsync(account.GitHub.Address, account.GitHub.Token, repository, cancellationToken), repository);
    }

    private Task AddAsync(string name, Func<Task<Check>> run) => AddAllAsync(name, async () => [await run()]);

    // A check that fails as a step would has that step's error; the other checks still run.
    private async Task AddAllAsync(string name, Func<Task<IReadOnlyList<Check>>> run)
    {
        IReadOnlyList<Check> checks;
        try
        {
            checks = await run();
        }
        catch (PipelineException exception)
        {
            checks = [Check.Failed(name, exception)];
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, CancellationToken.None))
        {
            checks = [Check.Failed(name, AwsErrors.ToPipelineException(exception, $"checking {name}", account.In(account.Region)))];
        }

        foreach (var check in checks)
        {
            _checks.Add(check);
            Show(check);
        }
    }

    private void Show(Check check)
    {
        var line = $"{check.Name,-13} {(check.Error is null ? "" : $"{check.Error.Id} ")}{check.Found}";
        switch (check.Result)
        {
            case CheckResult.Good:
                console.Done(line);
                break;
            case CheckResult.Warning:
                console.Warn(line);
                break;
            default:
                console.Failed(line);
                break;
        }
    }
}
