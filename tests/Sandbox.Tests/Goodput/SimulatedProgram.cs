using System.Security.Cryptography;
using System.Text.Json;
using BuildPipeline.Checkpoints;
using BuildPipeline.Kernel;
using BuildPipeline.Sandbox.Tests.SageMaker;

namespace BuildPipeline.Sandbox.Tests.Goodput;

/// <summary>How a program behaves, all in virtual seconds.</summary>
/// <param name="Start">From its start until it looks for its checkpoint.</param>
/// <param name="Step">Of a step.</param>
/// <param name="Pause">Of a save.</param>
/// <param name="Every">Steps from one save to the next.</param>
/// <param name="Total">Steps until it ends.</param>
/// <param name="FailsAt">The step at which it fails; null if it does not.</param>
/// <param name="TellsPause">True if its manifests tell the pause and the time that it ran.</param>
internal sealed record ProgramPlan(double Start, double Step, double Pause, int Every, int Total, int? FailsAt, bool TellsPause);

/// <summary>One start of a program that trains on the virtual clock: it saves, rotates, and starts from what the sandbox brings back.</summary>
internal sealed class SimulatedProgram
{
    private const int Kept = 2;

    private readonly FakeNode _node;
    private readonly ProgramPlan _plan;
    private readonly Func<DateTimeOffset> _now;
    private DateTimeOffset _next;
    private bool _saves;
    private int _step;

    public SimulatedProgram(FakeNode node, ProgramPlan plan, Func<DateTimeOffset> now)
    {
        (_node, _plan, _now) = (node, plan, now);
        _next = now().AddSeconds(plan.Start);
        node.OnTerminate = _ =>
        {
            if (Lineage.Count > 0)
            {
                Save(0);
            }

            node.End(0);
        };
    }

    /// <summary>SHA-256 of the manifest that it started from; null is from nothing.</summary>
    public string? From => Lineage.Count > 0 ? Lineage[^1].FromManifestSha256 : null;

    /// <summary>Its starts; empty before it looked for its checkpoint.</summary>
    public IReadOnlyList<LineageEntry> Lineage { get; private set; } = [];

    /// <summary>What it saved: when, by the SHA-256 of the manifest.</summary>
    public Dictionary<string, DateTimeOffset> Saved { get; } = [];

    /// <summary>Does what is due by now.</summary>
    public void Act()
    {
        if (_node.Exit.IsCompleted || _now() < _next)
        {
            return;
        }

        if (Lineage.Count == 0)
        {
            Begin();
        }
        else if (_saves)
        {
            Save(_plan.Pause);
        }
        else if (++_step == _plan.FailsAt)
        {
            _node.End(1);
        }
        else if (_step >= _plan.Total)
        {
            _node.End(0);
        }
        else
        {
            _saves = _step % _plan.Every == 0;
        }

        _next = _now().AddSeconds(_saves ? _plan.Pause : _plan.Step);
    }

    private string Folder => Path.Combine(_node.Root, "checkpoints");

    private void Begin()
    {
        var newest = Directory.EnumerateFiles(Folder, ManifestName, SearchOption.AllDirectories).Order(StringComparer.Ordinal).LastOrDefault();
        var bytes = newest is null ? null : File.ReadAllBytes(newest);
        if (bytes is null || !CheckpointManifest.TryParse(bytes, out var manifest, out _))
        {
            Lineage = [new(1, 0, null, _now())];
            return;
        }

        _step = manifest.Step;
        var ran = _plan.TellsPause ? (manifest.WrittenAt - manifest.Lineage[^1].StartedAt).TotalSeconds : (double?)null;
        Lineage = [.. manifest.Lineage, new(manifest.Lineage.Count + 1, _step, Convert.ToHexStringLower(SHA256.HashData(bytes)), _now(), ran)];
    }

    private const string ManifestName = "manifest.json";

    private void Save(double pause)
    {
        _saves = false;
        var manifest = new CheckpointManifest
        {
            Format = CheckpointManifest.CurrentFormat, Job = "job", Step = _step, TotalSteps = _plan.Total, WorldSize = 1, WrittenAt = _now(),
            StallSeconds = _plan.TellsPause ? pause : null, Files = [new("rank-0.bin", 0, 1, new string('0', 64))], Lineage = Lineage,
        };
        var bytes = JsonSerializer.SerializeToUtf8Bytes(manifest, RunJson.Compact);
        var folder = $"checkpoints/step-{_step:D8}";
        _node.WriteFile($"{folder}/rank-0.bin", "x");
        _node.WriteFile($"{folder}/{ManifestName}", System.Text.Encoding.UTF8.GetString(bytes));
        Saved[Convert.ToHexStringLower(SHA256.HashData(bytes))] = manifest.WrittenAt;
        foreach (var old in Directory.EnumerateDirectories(Folder).Order(StringComparer.Ordinal).SkipLast(Kept).ToList())
        {
            Directory.Delete(old, recursive: true);
        }
    }
}
