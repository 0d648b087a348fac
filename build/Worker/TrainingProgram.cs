using System.Globalization;
using System.Runtime.InteropServices;
using BuildPipeline.Worker.Checkpoints;
using BuildPipeline.Worker.Model;
using BuildPipeline.Worker.Peers;
using BuildPipeline.Worker.Settings;

namespace BuildPipeline.Worker;

/// <summary>The program of one node: settings, rendezvous, training, and what becomes of a failure.</summary>
internal sealed class TrainingProgram(TimeProvider time, TextWriter output, TextWriter error)
{
    private const int FailureReasonLimit = 1024;

    /// <returns>
    /// 0 when training is finished, or has stopped at SIGTERM with its checkpoint saved; 1 when it failed, with the reason in
    /// output/failure; 2 for an argument that it does not know.
    /// </returns>
    public async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is ["--help"] or ["-h"])
        {
            await output.WriteAsync(Help());
            return 0;
        }
        // SageMaker starts a container with the argument "train".
        if (arguments is not ([] or ["train"]))
        {
            await error.WriteLineAsync($"Unknown argument '{string.Join(' ', arguments)}': the worker takes none but --help; hyperparameters come from hyperparameters.json.");
            return 2;
        }
        EndWithTheSandbox();
        using var stop = new CancellationTokenSource();
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
        try
        {
            await TrainAsync(stop.Token);
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await output.WriteLineAsync("stopped before training began, as asked");
            return 0;
        }
        catch (TrainingFailureException e)
        {
            return await FailAsync(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return await FailAsync($"A file could not be read or written: {e.Message}");
        }
    }

    private async Task TrainAsync(CancellationToken stopRequested)
    {
        var node = NodeEnvironment.Read(Environment.GetEnvironmentVariable);
        var settings = Hyperparameters.Read(node.HyperparametersFile, node.WorldSize);
        var corpus = Corpus.Load(node.TrainChannel, settings.Context, settings.ValidationFraction);
        using var peers = await new Rendezvous(node, settings.PeerTimeout, time).JoinAsync(stopRequested);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{node.Describe(node.Rank)} of {node.WorldSize} joined: {Fingerprint.Compute(settings, corpus)} total_steps={settings.TotalSteps} tokens={corpus.Tokens.Length}"));
        await new Trainer(node, settings, corpus, peers, time, output).RunAsync(stopRequested);
    }

    private async Task<int> FailAsync(string sentence)
    {
        await error.WriteLineAsync(sentence);
        var folder = Path.Combine(NodeEnvironment.FindBaseDirectory(Environment.GetEnvironmentVariable), "output");
        try
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(Path.Combine(folder, "failure"), sentence.Length > FailureReasonLimit ? sentence[..FailureReasonLimit] : sentence);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"The failure could not be written to {folder}: {e.Message}");
        }
        return 1;
    }

    // The sandbox holds its nodes' standard input open; when it ends, however it ends, the nodes end too.
    private void EndWithTheSandbox()
    {
        if (Environment.GetEnvironmentVariable("SANDBOX_NODE") != "1")
        {
            return;
        }
        _ = Task.Run(async () =>
        {
            await Console.OpenStandardInput().CopyToAsync(Stream.Null);
            await error.WriteLineAsync("The sandbox has closed standard input; the node ends.");
            Environment.Exit(1);
        });
    }

    private static string Help() =>
        $"""
        Trains a small language model on the *.md and *.txt files of channel 'train', on one node or several.

        Files, under SAGEMAKER_BASE_DIR (default /opt/ml), as SageMaker lays them out:
          input/config/hyperparameters.json, input/config/resourceconfig.json, input/data/train/
          checkpoints/ (docs/checkpoints.md), model/, output/failure
        With more than one node, MASTER_ADDR and MASTER_PORT say where rank 0 listens.
        SIGTERM: saves a checkpoint after the current step and exits 0; no model is written.

        Hyperparameters and their defaults:
        {Hyperparameters.Describe()}
        """;
}
