using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BuildPipeline.Worker.Settings;

/// <summary>The settings of a training run, as <see cref="Definitions"/> describes them.</summary>
internal sealed record Hyperparameters
{
    private readonly Dictionary<string, double> _values;

    private Hyperparameters(Dictionary<string, double> values) => _values = values;

    /// <summary>Every setting in the order of <c>--help</c>.</summary>
    public static IReadOnlyList<HyperparameterDefinition> Definitions { get; } =
    [
        new("total_steps", 600, 1, 10_000_000, true, "optimizer steps of the whole run"),
        new("batch_size", 720, 1, 1_048_576, true, "predicted tokens in a step, over all nodes; a multiple of their number"),
        new("context", 12, 1, 512, true, "bytes the model sees before the one it predicts"),
        new("embedding_size", 24, 1, 1024, true, "values in the vector of one byte"),
        new("hidden_size", 192, 1, 8192, true, "units of the hidden layer"),
        new("learning_rate", 0.01, 1e-9, 100, false, "Adam's learning rate at the first step; cosine decay to a tenth"),
        new("adam_beta1", 0.9, 0, 0.999999, false, "decay of Adam's mean gradient"),
        new("adam_beta2", 0.99, 0, 0.999999, false, "decay of Adam's mean squared gradient"),
        new("seed", 42, 0, int.MaxValue, true, "decides initial weights and the order of the data"),
        new("validation_fraction", 0.05, 0.001, 0.5, false, "part of the text, at its end, that is held out"),
        new("checkpoint_interval_steps", 80, 0, 10_000_000, true, "steps between checkpoints; 0 = by time only"),
        new("checkpoint_interval_seconds", 0, 0, 86_400, false, "seconds between checkpoints, in addition to the steps; 0 = off"),
        new("checkpoint_interval", 0, 0, 1, true, "auto: corrects checkpoint_interval_seconds at each restart") { Words = ["fixed", "auto"] },
        new("expected_time_between_interruptions_seconds", 9000, 1, 1e9, false, "auto: expected seconds between interruptions, until the run has measured them"),
        new("keep_checkpoints", 3, 2, 1000, true, "complete checkpoints that rotation keeps"),
        new("report_interval_steps", 10, 1, 10_000_000, true, "steps between lines with metrics"),
        new("step_delay_ms", 0, 0, 10_000, true, "milliseconds to wait in each step, to slow down a run"),
        new("peer_timeout_seconds", 30, 0.1, 3600, false, "seconds that a peer may take to join or to answer"),
    ];

    public int TotalSteps => Integer("total_steps");

    public int BatchSize => Integer("batch_size");

    public int Context => Integer("context");

    public int EmbeddingSize => Integer("embedding_size");

    public int HiddenSize => Integer("hidden_size");

    public double LearningRate => _values["learning_rate"];

    public double AdamBeta1 => _values["adam_beta1"];

    public double AdamBeta2 => _values["adam_beta2"];

    public int Seed => Integer("seed");

    public double ValidationFraction => _values["validation_fraction"];

    public int CheckpointIntervalSteps => Integer("checkpoint_interval_steps");

    public TimeSpan CheckpointInterval => TimeSpan.FromSeconds(_values["checkpoint_interval_seconds"]);

    public bool CorrectsInterval => Integer("checkpoint_interval") == 1;

    public TimeSpan ExpectedTimeBetweenInterruptions => TimeSpan.FromSeconds(_values["expected_time_between_interruptions_seconds"]);

    public int KeepCheckpoints => Integer("keep_checkpoints");

    public int ReportIntervalSteps => Integer("report_interval_steps");

    public TimeSpan StepDelay => TimeSpan.FromMilliseconds(_values["step_delay_ms"]);

    public TimeSpan PeerTimeout => TimeSpan.FromSeconds(_values["peer_timeout_seconds"]);

    /// <exception cref="TrainingFailureException">The file is not a JSON object of strings, or a setting is unusable.</exception>
    public static Hyperparameters Read(string file, int worldSize)
    {
        if (!File.Exists(file))
        {
            return Parse([], worldSize);
        }
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            return Parse(document.RootElement.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, property.Value.ToString())), worldSize);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new TrainingFailureException($"{file} must be a JSON object of names and texts: {e.Message}", e);
        }
    }

    /// <exception cref="TrainingFailureException">A name is unknown, a value does not parse or is out of its range, or the batch does not divide.</exception>
    public static Hyperparameters Parse(IEnumerable<KeyValuePair<string, string>> given, int worldSize)
    {
        var values = Definitions.ToDictionary(definition => definition.Name, definition => definition.Default);
        // SageMaker's toolkit adds settings of its own under this prefix.
        foreach (var (name, text) in given.Where(pair => !pair.Key.StartsWith("sagemaker_", StringComparison.Ordinal)))
        {
            values[name] = Find(name).Parse(text);
        }
        var hyperparameters = new Hyperparameters(values);
        if (hyperparameters.BatchSize % worldSize != 0)
        {
            throw new TrainingFailureException(
                $"Hyperparameter batch_size is {hyperparameters.BatchSize}, which {worldSize} nodes cannot share evenly: make it a multiple of {worldSize}.");
        }
        return hyperparameters;
    }

    /// <summary>The table of settings for <c>--help</c>.</summary>
    public static string Describe()
    {
        var text = new StringBuilder();
        foreach (var definition in Definitions)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {definition.Name,-28} {definition.DefaultText,-6} {definition.Meaning}\n");
        }
        return text.ToString();
    }

    private static HyperparameterDefinition Find(string name) =>
        Definitions.FirstOrDefault(definition => definition.Name == name)
        ?? throw new TrainingFailureException(
            $"Hyperparameter '{name}' is unknown. Did you mean '{Definitions.MinBy(definition => EditDistance(name, definition.Name))!.Name}'? "
            + "The worker's --help lists them all.");

    private static int EditDistance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }

    private int Integer(string name) => (int)_values[name];
}

/// <summary>One setting: its name, default, permitted range and meaning.</summary>
internal sealed record HyperparameterDefinition(string Name, double Default, double Minimum, double Maximum, bool IsInteger, string Meaning)
{
    /// <summary>Words that stand for 0, 1 and so on; empty if the setting is a number.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    public string DefaultText => Words.Count > 0 ? Words[(int)Default] : Default.ToString(CultureInfo.InvariantCulture);

    /// <exception cref="TrainingFailureException">The text is not a number of this setting's kind and range.</exception>
    public double Parse(string text)
    {
        if (Words.Count > 0)
        {
            return Words.Contains(text)
                ? Words.ToList().IndexOf(text)
                : throw new TrainingFailureException($"Hyperparameter {Name} is '{text}', but must be {string.Join(" or ", Words)}.");
        }
        var style = IsInteger ? NumberStyles.AllowLeadingSign : NumberStyles.Float;
        if (double.TryParse(text, style, CultureInfo.InvariantCulture, out var value) && value >= Minimum && value <= Maximum)
        {
            return value;
        }
        throw new TrainingFailureException(string.Create(
            CultureInfo.InvariantCulture,
            $"Hyperparameter {Name} is '{text}', but must be {(IsInteger ? "a whole number" : "a number")} from {Minimum} to {Maximum}."));
    }
}
