using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using BuildPipeline.Accounts;
using BuildPipeline.Freezes;
using BuildPipeline.Journal;
using BuildPipeline.Runs;
using BuildPipeline.Secrets;
using BuildPipeline.Sweeps;
using BuildPipeline.Terraform;

namespace BuildPipeline.Tasks;

/// <summary>Finds the sweep that a call works on, or creates it.</summary>
public sealed class SweepOpening(PipelineCall call, EnvironmentFiles files, EnvironmentTurns environment, SweepStore store, SpendGate gate)
{
    /// <summary>The sweep that <c>--run</c> names, or that of the file: the approved one that is not finished, otherwise a new one.</summary>
    /// <exception cref="PipelineException">There is none of that ID, its file or a variable is not valid, it was created with other options, or the credentials may not record one (exit code 2); another process prepares it (75); or spending is frozen (3).</exception>
    public async Task<SweepRecord> OpenAsync(CancellationToken cancellationToken)
    {
        if (call.Options.SweepFile is { } file)
        {
            return await OpenOfFileAsync(file, cancellationToken);
        }

        var sweep = await store.ReadAsync(call.Options.RunId!, cancellationToken);
        if (call.Options.Variables.Except(sweep.Variables).FirstOrDefault() is { } other)
        {
            throw new PipelineException(
                RunErrors.FixedOption,
                $"--var={other} cannot be applied to sweep {sweep.SweepId}, which was created without it. Continue the sweep with:\n  {call.Hints.Without("var").For(call.Options.Target!, $"--run={sweep.SweepId}")}");
        }

        await RequireOpenAsync(sweep, cancellationToken);
        return sweep;
    }

    /// <summary>Acquires the lease of a sweep: one process starts its variants.</summary>
    /// <exception cref="PipelineException">Another process has it (exit code 75), or S3 cannot be reached.</exception>
    public async Task<Lease> HoldAsync(string sweepId, CancellationToken cancellationToken)
    {
        var lease = store.LeaseOf(sweepId);
        var (acquired, other) = await lease.AcquireAsync(call.Options.Target!, takeOver: false, cancellationToken);
        return acquired ? lease : throw InUse(sweepId, other!);
    }

    private async Task<SweepRecord> OpenOfFileAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            // Of two calls that start a sweep at once, the second has to find that of the first.
            await using var turn = await environment.TakeAsync(withLease: true, cancellationToken);
            var read = ReadFile(file);
            var known = await FindAsync(read, cancellationToken);
            await RequireOpenAsync(known, cancellationToken);
            return known ?? await CreateAsync(read, cancellationToken);
        }
        catch (PipelineException exception) when (exception.Code == AccountErrors.AccessDenied)
        {
            throw new PipelineException(
                SweepErrors.NotRecorded,
                $"A sweep is recorded in the state bucket before its variants are priced, and these credentials may not do that. Use credentials that may launch, or price one variant alone, with its values as --var:\n  {call.Hints.Without("sweep").For("CostGate")}\n{exception.Message}",
                exception);
        }
    }

    // As of a run: what a freeze would refuse later is refused before it is planned and priced.
    private Task RequireOpenAsync(SweepRecord? known, CancellationToken cancellationToken) => call.Options.Target == "Launch" && known?.Approval is null
        ? gate.RequireOpenAsync(files.Team, known?.SweepId, cancellationToken)
        : Task.CompletedTask;

    private SweepRecord ReadFile(string file)
    {
        var (options, terraform) = (call.Options, files.Terraform);
        PlanSecrets.RequireNone(terraform);
        var values = VariableValues.Read(terraform);
        var read = SweepFile.Read(file, File.ReadAllBytes(file));
        List<SweepVariant> variants = [.. read.Select((variant, index) => new SweepVariant(index + 1, "", variant, SweepVariables.Create(index + 1, variant, values)))];
        SecretScan.RequireNone(variants.Select(variant => new SettingsSource($"variant {variant.Number} of --sweep", variant.Variables.ToJsonString(RunJson.Compact))));
        SweepVariables.RequireDeclared(file, variants, values, terraform.ModuleFolder);
        var content = new
        {
            options.JobFile,
            Variables = options.Variables.Order(StringComparer.Ordinal),
            VariableFiles = options.VariableFiles.Select(TerraformDocuments.Sha256),
            options.Policy,
            options.Deadline,
            options.OnStall,
            Variants = variants.Select(variant => variant.Variables),
        };
        return new SweepRecord
        {
            SweepId = "",
            Environment = options.Environment,
            JobFile = options.JobFile,
            CreatedAt = call.Time.GetUtcNow(),
            ContentSha256 = HexDigest.Calculate(JsonSerializer.Serialize(content, RunJson.Compact)),
            Variables = options.Variables,
            VariableFiles = options.VariableFiles,
            Variants = variants,
        };
    }

    // What is not approved is not continued: program, data and prices may have changed. Nobody else prepares the same at the same time.
    private async Task<SweepRecord?> FindAsync(SweepRecord read, CancellationToken cancellationToken)
    {
        var from = $"sweep-{(read.CreatedAt - TimeSpan.FromDays(60)).UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}";
        foreach (var id in (await store.IdsAsync(cancellationToken)).Where(id => string.CompareOrdinal(id, from) >= 0).Reverse())
        {
            var known = await store.ReadAsync(id, cancellationToken);
            if (known.ContentSha256 != read.ContentSha256 || known is { ClosedAt: not null } or { StoppedAt: not null })
            {
                continue;
            }

            if (known.Approval is not null)
            {
                return known;
            }

            using var lease = store.LeaseOf(id);
            if (await lease.FindHolderAsync(cancellationToken) is { } holder)
            {
                throw InUse(id, holder);
            }
        }

        return null;
    }

    private async Task<SweepRecord> CreateAsync(SweepRecord read, CancellationToken cancellationToken)
    {
        while (true)
        {
            var runs = new HashSet<string>();
            while (runs.Count < read.Variants.Count)
            {
                runs.Add(RunStore.NewId(read.CreatedAt));
            }

            var sweep = read with
            {
                SweepId = string.Create(CultureInfo.InvariantCulture, $"sweep-{read.CreatedAt.UtcDateTime:yyyyMMdd-HHmmss}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}"),
                Variants = [.. read.Variants.Zip(runs, (variant, runId) => variant with { RunId = runId })],
            };
            if (await store.TryCreateAsync(sweep, cancellationToken))
            {
                return sweep;
            }
        }
    }

    private PipelineException InUse(string sweepId, LeaseRecord holder) => new(
        JournalErrors.InUse,
        $"Sweep {sweepId} is driven by {holder.Describe()}. Wait for it to finish. Show its state or stop it with:\n  {call.Hints.For("Status", $"--run={sweepId}")}\n  {call.Hints.For("Stop", $"--run={sweepId}")}");
}
