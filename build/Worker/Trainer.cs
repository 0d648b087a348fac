using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using BuildPipeline.Worker.Checkpoints;
using BuildPipeline.Worker.Model;
using BuildPipeline.Worker.Peers;
using BuildPipeline.Worker.Settings;

namespace BuildPipeline.Worker;

/// <summary>
/// Data-parallel training. Each node works on its share of every batch; the gradients' sum is scattered, each node moves the
/// parameters of its own shard, and the shards are gathered again.
/// </summary>
internal sealed class Trainer
{
    private const int MaximumValidationExamples = 8192;

    private readonly NodeEnvironment _node;
    private readonly Hyperparameters _settings;
    private readonly Corpus _corpus;
    private readonly PeerGroup _peers;
    private readonly TimeProvider _time;
    private readonly TextWriter _output;
    private readonly ExampleOrder _order;
    private readonly Checkpointer _checkpointer;
    private readonly TrainingState _state;
    private readonly double[] _gradient;
    private TimeSpan _stall;
    private long _lastReport;
    private long _lastSave;
    private int _lastReportedStep;

    public Trainer(NodeEnvironment node, Hyperparameters settings, Corpus corpus, PeerGroup peers, TimeProvider time, TextWriter output)
    {
        (_node, _settings, _corpus, _peers, _time, _output) = (node, settings, corpus, peers, time, output);
        var examples = corpus.TrainingLength - settings.Context;
        var model = new LanguageModel(settings.Context, settings.EmbeddingSize, settings.HiddenSize, corpus.Vocabulary.Length);
        var shard = Shard.Create(model.Parameters.Length, node.Rank, node.WorldSize);
        _state = new TrainingState(
            model, new AdamOptimizer(settings.LearningRate, settings.AdamBeta1, settings.AdamBeta2, settings.TotalSteps, shard));
        _order = new ExampleOrder(settings.Seed, examples);
        _checkpointer = new Checkpointer(node, settings, Fingerprint.Compute(settings, corpus), examples, peers, time, output);
        _gradient = new double[model.Parameters.Length];
    }

    /// <summary>Trains to the last step, or, when asked to stop, to the end of the current one.</summary>
    /// <param name="stopRequested">
    /// Asks for a stop. Collectives are not cut short by it: the nodes agree on the step after which all of them stop.
    /// </param>
    /// <exception cref="TrainingFailureException">A peer is lost, a checkpoint does not fit, or the loss is not a number.</exception>
    public async Task RunAsync(CancellationToken stopRequested)
    {
        _state.Model.Initialize(_settings.Seed);
        await _checkpointer.ResumeAsync(_state, CancellationToken.None);
        _lastReport = _lastSave = _time.GetTimestamp();
        _lastReportedStep = _state.Step;
        var stopping = false;
        while (_state.Step < _settings.TotalSteps && !stopping)
        {
            var (loss, stop, saveByTime) = await StepAsync(stopRequested.IsCancellationRequested);
            RequireNumber(loss);
            stopping = stop;
            Report();
            var saveByStep = _settings.CheckpointIntervalSteps > 0 && _state.Step % _settings.CheckpointIntervalSteps == 0;
            if (saveByStep || saveByTime || stopping || _state.Step == _settings.TotalSteps)
            {
                await SaveAsync();
            }
        }
        if (_state.Step < _settings.TotalSteps)
        {
            _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"stopped step={_state.Step} of {_settings.TotalSteps}, as asked; its checkpoint is complete"));
            return;
        }
        await FinishAsync();
    }

    private async Task<(double LocalLoss, bool Stop, bool Save)> StepAsync(bool stop)
    {
        var share = _settings.BatchSize / _node.WorldSize;
        var first = ((long)_state.Step * _settings.BatchSize) + ((long)_node.Rank * share);
        var loss = 0.0;
        Array.Clear(_gradient);
        for (var i = 0; i < share; i++)
        {
            var at = (int)_order.At(first + i);
            loss += _state.Model.LossAndGradient(
                _corpus.Tokens.AsSpan(at, _settings.Context), _corpus.Tokens[at + _settings.Context], 1.0 / _settings.BatchSize, _gradient);
        }
        if (_settings.StepDelay > TimeSpan.Zero)
        {
            await Task.Delay(_settings.StepDelay, _time, CancellationToken.None);
        }
        var save = _node.Rank == 0 && _checkpointer.Interval > TimeSpan.Zero && _time.GetElapsedTime(_lastSave) >= _checkpointer.Interval;
        double[] totals = [loss, stop ? 1 : 0, save ? 1 : 0];
        await _peers.ReduceScatterAsync(_gradient, CancellationToken.None);
        _state.Optimizer.Update(_state.Step + 1, _state.Model.Parameters, _gradient);
        await _peers.AllGatherAsync(_state.Model.Parameters, totals, CancellationToken.None);
        _state.Step++;
        _state.TrainLoss = totals[0] / _settings.BatchSize;
        return (loss / share, totals[1] > 0, totals[2] > 0);
    }

    private void RequireNumber(double localLoss)
    {
        if (double.IsFinite(_state.TrainLoss))
        {
            return;
        }
        var first = (long)(_state.Step - 1) * _settings.BatchSize;
        var from = _checkpointer.NewestStep is { } step ? $"the newest checkpoint is of step {step}" : "there is no checkpoint yet";
        throw new TrainingFailureException(string.Create(
            CultureInfo.InvariantCulture,
            $"The loss became {_state.TrainLoss} at step {_state.Step} (examples {first} to {first + _settings.BatchSize - 1}; {localLoss} on this node), {from}: "
            + $"lower learning_rate, which is {_settings.LearningRate}."));
    }

    private void Report()
    {
        if (_state.Step % _settings.ReportIntervalSteps != 0 && _state.Step != 1 && _state.Step != _settings.TotalSteps)
        {
            return;
        }
        // The loss is that of all ranks; the full value is in metrics.json and in the manifests.
        if (_node.Rank != 0)
        {
            return;
        }
        var tokens = (double)(_state.Step - _lastReportedStep) * _settings.BatchSize;
        var rate = tokens / _time.GetElapsedTime(_lastReport).TotalSeconds;
        _output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"step={_state.Step} {Checkpointer.TrainLossMetric}={_state.TrainLoss:G6} lr={_state.Optimizer.LearningRate(_state.Step):G6} "
            + $"tokens_per_second={rate:0} checkpoint_stall_seconds={_stall.TotalSeconds:0.####}"));
        _stall = TimeSpan.Zero;
        _lastReport = _time.GetTimestamp();
        _lastReportedStep = _state.Step;
    }

    private async Task SaveAsync()
    {
        var began = _time.GetTimestamp();
        await _checkpointer.SaveAsync(_state, CancellationToken.None);
        _stall += _time.GetElapsedTime(began);
        _lastSave = _time.GetTimestamp();
    }

    private async Task FinishAsync()
    {
        var validationLoss = await ValidateAsync();
        if (_node.Rank != 0)
        {
            return;
        }
        var metrics = new Dictionary<string, double> { [Checkpointer.TrainLossMetric] = _state.TrainLoss, ["validation:loss"] = validationLoss };
        await WriteModelAsync(metrics);
        _output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"final step={_state.Step} {string.Join(' ', metrics.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Key}={m.Value:G9}")))}"));
    }

    // The held-out text's examples, evenly thinned out where there are many, dealt to the nodes in turn.
    private async Task<double> ValidateAsync()
    {
        var available = _corpus.Tokens.Length - _corpus.TrainingLength - _settings.Context;
        var count = Math.Min(available, MaximumValidationExamples);
        double[] totals = [0];
        for (var i = _node.Rank; i < count; i += _node.WorldSize)
        {
            var at = _corpus.TrainingLength + (int)((long)i * available / count);
            totals[0] += _state.Model.Loss(_corpus.Tokens.AsSpan(at, _settings.Context), _corpus.Tokens[at + _settings.Context]);
        }
        await _peers.AllGatherAsync([], totals, CancellationToken.None);
        return totals[0] / count;
    }

    private async Task WriteModelAsync(IReadOnlyDictionary<string, double> metrics)
    {
        var vocabulary = new ModelVocabulary(
            ModelVocabulary.CurrentFormat, _settings.Context, _settings.EmbeddingSize, _settings.HiddenSize, [.. _corpus.Vocabulary.Select(b => (int)b)]);
        var final = new FinalMetrics(FinalMetrics.CurrentFormat, _state.Step, metrics, _checkpointer.Lineage);
        (string Name, byte[] Content)[] files =
        [
            ("model.bin", MemoryMarshal.AsBytes(_state.Model.Parameters.AsSpan()).ToArray()),
            ("vocabulary.json", JsonSerializer.SerializeToUtf8Bytes(vocabulary, WorkerJson.Default.ModelVocabulary)),
            ("metrics.json", JsonSerializer.SerializeToUtf8Bytes(final, WorkerJson.Default.FinalMetrics)),
        ];
        foreach (var (name, content) in files)
        {
            await StagedFile.WriteAsync(_node.Staging, Path.Combine(_node.Model, name), content, CancellationToken.None);
        }
    }
}
