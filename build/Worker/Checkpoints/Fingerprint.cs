using System.Globalization;
using BuildPipeline.Worker.Model;
using BuildPipeline.Worker.Settings;

namespace BuildPipeline.Worker.Checkpoints;

/// <summary>All that decides the course of training, as words of the form name=value.</summary>
internal static class Fingerprint
{
    public static string Compute(Hyperparameters settings, Corpus corpus) => string.Create(
        CultureInfo.InvariantCulture,
        $"byte-mlp/1 context={settings.Context} embedding_size={settings.EmbeddingSize} hidden_size={settings.HiddenSize} "
        + $"seed={settings.Seed} batch_size={settings.BatchSize} learning_rate={settings.LearningRate} "
        + $"adam_beta1={settings.AdamBeta1} adam_beta2={settings.AdamBeta2} validation_fraction={settings.ValidationFraction} "
        + $"vocabulary={corpus.Vocabulary.Length} corpus={corpus.Sha256[..16]}");

    /// <summary>The words of two fingerprints that differ, for a message.</summary>
    public static string DescribeDifference(string theirs, string ours)
    {
        var here = ours.Split(' ');
        var differing = theirs.Split(' ').Except(here).ToList();
        return $"{string.Join(", ", differing)} there, {string.Join(", ", here.Except(theirs.Split(' ')))} here";
    }
}
