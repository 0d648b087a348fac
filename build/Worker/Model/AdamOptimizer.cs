namespace BuildPipeline.Worker.Model;

/// <summary>
/// Adam over one node's shard of the parameters. Each node keeps the moments of its own shard only, and therefore every
/// node's file is needed to resume.
/// </summary>
internal sealed class AdamOptimizer(double learningRate, double beta1, double beta2, int totalSteps, Shard shard)
{
    private const double Epsilon = 1e-8;
    private const double FinalFraction = 0.1;

    public Shard Shard { get; } = shard;

    /// <summary>Running mean of the gradient.</summary>
    public double[] FirstMoment { get; } = new double[shard.Length];

    /// <summary>Running mean of the squared gradient.</summary>
    public double[] SecondMoment { get; } = new double[shard.Length];

    /// <summary>The rate of a step, counted from 1.</summary>
    public double LearningRate(int step)
    {
        var progress = (step - 1.0) / Math.Max(1, totalSteps - 1);
        return learningRate * (FinalFraction + ((1 - FinalFraction) * 0.5 * (1 + Math.Cos(Math.PI * progress))));
    }

    /// <summary>Moves the shard's parameters along the gradient; both arrays are whole, only the shard is touched.</summary>
    public void Update(int step, double[] parameters, double[] gradient)
    {
        var rate = LearningRate(step);
        var firstCorrection = 1 - Math.Pow(beta1, step);
        var secondCorrection = 1 - Math.Pow(beta2, step);
        for (var i = 0; i < Shard.Length; i++)
        {
            var slope = gradient[Shard.Start + i];
            FirstMoment[i] = (beta1 * FirstMoment[i]) + ((1 - beta1) * slope);
            SecondMoment[i] = (beta2 * SecondMoment[i]) + ((1 - beta2) * slope * slope);
            parameters[Shard.Start + i] -= rate * (FirstMoment[i] / firstCorrection) / (Math.Sqrt(SecondMoment[i] / secondCorrection) + Epsilon);
        }
    }
}

/// <summary>A contiguous part of the parameters.</summary>
internal readonly record struct Shard(int Start, int Length)
{
    /// <summary>The part that falls to a rank when <paramref name="total"/> values are spread over all.</summary>
    public static Shard Create(int total, int rank, int worldSize)
    {
        var start = (int)((long)total * rank / worldSize);
        return new Shard(start, (int)((long)total * (rank + 1) / worldSize) - start);
    }
}
