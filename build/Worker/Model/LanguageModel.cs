namespace BuildPipeline.Worker.Model;

/// <summary>
/// Predicts the next byte from the bytes before it: embeddings, one hidden layer of tanh units, softmax over the vocabulary.
/// All parameters are in one array, so optimizer, all-reduce and checkpoints need not know the layers.
/// </summary>
internal sealed class LanguageModel
{
    private readonly int _context;
    private readonly int _embedding;
    private readonly int _hidden;
    private readonly int _vocabulary;
    private readonly int _inputWeights;
    private readonly int _inputBias;
    private readonly int _outputWeights;
    private readonly int _outputBias;
    private readonly double[] _input;
    private readonly double[] _activation;
    private readonly double[] _activationGradient;
    private readonly double[] _logits;
    private readonly double[] _inputGradient;

    public LanguageModel(int context, int embeddingSize, int hiddenSize, int vocabularySize)
    {
        (_context, _embedding, _hidden, _vocabulary) = (context, embeddingSize, hiddenSize, vocabularySize);
        _inputWeights = vocabularySize * embeddingSize;
        _inputBias = _inputWeights + (context * embeddingSize * hiddenSize);
        _outputWeights = _inputBias + hiddenSize;
        _outputBias = _outputWeights + (hiddenSize * vocabularySize);
        Parameters = new double[_outputBias + vocabularySize];
        _input = new double[context * embeddingSize];
        _inputGradient = new double[embeddingSize];
        _activation = new double[hiddenSize];
        _activationGradient = new double[hiddenSize];
        _logits = new double[vocabularySize];
    }

    /// <summary>Embeddings, input weights and bias, output weights and bias, one after the other.</summary>
    public double[] Parameters { get; }

    /// <summary>Draws the initial weights; the same seed gives the same weights on every node.</summary>
    public void Initialize(int seed)
    {
        var random = new Random(seed);
        FillUniform(random, 0, _inputWeights, Math.Sqrt(3.0 / _embedding));
        FillUniform(random, _inputWeights, _inputBias, Math.Sqrt(6.0 / (_input.Length + _hidden)));
        FillUniform(random, _outputWeights, _outputBias, Math.Sqrt(6.0 / (_hidden + _vocabulary)));
    }

    /// <summary>The loss, in nats, of predicting the token that follows the context.</summary>
    /// <param name="context">The tokens before it, as many as the model's context.</param>
    /// <param name="target">The token that follows.</param>
    public double Loss(ReadOnlySpan<byte> context, byte target)
    {
        Forward(context);
        return SoftmaxLoss(target);
    }

    /// <summary>The same loss; adds its gradient, times a scale, to <paramref name="gradient"/>, which is laid out like the parameters.</summary>
    public double LossAndGradient(ReadOnlySpan<byte> context, byte target, double scale, double[] gradient)
    {
        Forward(context);
        var loss = SoftmaxLoss(target);
        // _logits holds the probabilities now; less the truth, they are the gradient of the logits.
        _logits[target] -= 1;
        for (var i = 0; i < _logits.Length; i++)
        {
            _logits[i] *= scale;
        }
        Backward(context, gradient);
        return loss;
    }

    private void Forward(ReadOnlySpan<byte> context)
    {
        for (var i = 0; i < _context; i++)
        {
            Parameters.AsSpan(context[i] * _embedding, _embedding).CopyTo(_input.AsSpan(i * _embedding));
        }
        Parameters.AsSpan(_inputBias, _hidden).CopyTo(_activation);
        VectorMath.AddScaledRows(_input, Parameters.AsSpan(_inputWeights, _input.Length * _hidden), _activation);
        for (var k = 0; k < _hidden; k++)
        {
            _activation[k] = Math.Tanh(_activation[k]);
        }
        Parameters.AsSpan(_outputBias, _vocabulary).CopyTo(_logits);
        VectorMath.AddScaledRows(_activation, Parameters.AsSpan(_outputWeights, _hidden * _vocabulary), _logits);
    }

    // Turns the logits into probabilities in place.
    private double SoftmaxLoss(byte target)
    {
        var highest = double.NegativeInfinity;
        foreach (var logit in _logits)
        {
            highest = Math.Max(highest, logit);
        }
        var targetLogit = _logits[target] - highest;
        var sum = 0.0;
        for (var i = 0; i < _logits.Length; i++)
        {
            _logits[i] = Math.Exp(_logits[i] - highest);
            sum += _logits[i];
        }
        for (var i = 0; i < _logits.Length; i++)
        {
            _logits[i] /= sum;
        }
        return Math.Log(sum) - targetLogit;
    }

    private void Backward(ReadOnlySpan<byte> context, double[] gradient)
    {
        VectorMath.AddScaled(1, _logits, gradient.AsSpan(_outputBias, _vocabulary));
        VectorMath.DotRows(_logits, Parameters.AsSpan(_outputWeights, _hidden * _vocabulary), _activationGradient);
        for (var k = 0; k < _hidden; k++)
        {
            VectorMath.AddScaled(_activation[k], _logits, gradient.AsSpan(_outputWeights + (k * _vocabulary), _vocabulary));
            _activationGradient[k] *= 1 - (_activation[k] * _activation[k]);
        }
        VectorMath.AddScaled(1, _activationGradient, gradient.AsSpan(_inputBias, _hidden));
        for (var i = 0; i < _context; i++)
        {
            var row = _inputWeights + (i * _embedding * _hidden);
            VectorMath.DotRows(_activationGradient, Parameters.AsSpan(row, _embedding * _hidden), _inputGradient);
            for (var j = 0; j < _embedding; j++)
            {
                VectorMath.AddScaled(_input[(i * _embedding) + j], _activationGradient, gradient.AsSpan(row + (j * _hidden), _hidden));
            }
            VectorMath.AddScaled(1, _inputGradient, gradient.AsSpan(context[i] * _embedding, _embedding));
        }
    }

    private void FillUniform(Random random, int from, int to, double limit)
    {
        for (var i = from; i < to; i++)
        {
            Parameters[i] = ((2 * random.NextDouble()) - 1) * limit;
        }
    }
}
