using BuildPipeline.Worker.Checkpoints;
using BuildPipeline.Worker.Model;
using FsCheck.Xunit;

namespace BuildPipeline.Sandbox.Tests.Worker;

public sealed class ModelTests
{
    [Property(MaxTest = 20)]
    public void GivenAnyWeights_WhenDifferentiated_ThenTheGradientIsThatOfFiniteDifferences(int seed)
    {
        const double Delta = 1e-5;
        var random = new Random(seed);
        var model = new LanguageModel(context: 3, embeddingSize: 2, hiddenSize: 5, vocabularySize: 7);
        model.Initialize(seed & int.MaxValue);
        // The same byte twice: both of its embeddings' gradients must add up.
        byte[] context = [(byte)random.Next(7), 4, 4];
        var target = (byte)random.Next(7);
        var gradient = new double[model.Parameters.Length];

        model.LossAndGradient(context, target, 0.5, gradient);

        for (var i = 0; i < gradient.Length; i++)
        {
            var original = model.Parameters[i];
            model.Parameters[i] = original + Delta;
            var above = model.Loss(context, target);
            model.Parameters[i] = original - Delta;
            var below = model.Loss(context, target);
            model.Parameters[i] = original;
            Assert.Equal(0.5 * (above - below) / (2 * Delta), gradient[i], 1e-7);
        }
    }

    [Property(MaxTest = 100)]
    public void GivenAnyMatrix_WhenItsRowsAreWorkedOnSideBySide_ThenEachHasTheBitsThatItHasAlone(byte height, byte width, int seed)
    {
        var (rows, columns) = (height % 11, (width % 50) + 1);
        var random = new Random(seed);
        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
        var (matrix, factors, vector) = (Draw(rows * columns), Draw(rows), Draw(columns));
        var products = new double[rows];
        double[] sums = [.. vector], expected = [.. vector];

        VectorMath.DotRows(vector, matrix, products);
        VectorMath.AddScaledRows(factors, matrix, sums);

        Assert.Equal(Enumerable.Range(0, rows).Select(row => VectorMath.Dot(vector, matrix.AsSpan(row * columns, columns))), products);
        for (var row = 0; row < rows; row++)
        {
            VectorMath.AddScaled(factors[row], matrix.AsSpan(row * columns, columns), expected);
        }

        Assert.Equal(expected, sums);
    }

    [Property(MaxTest = 50)]
    public void GivenAnyCount_WhenAnEpochIsOver_ThenEachExampleWasUsedOnce(ushort count, int seed)
    {
        var examples = (count % 2000) + 1;
        var order = new ExampleOrder(seed & int.MaxValue, examples);

        var first = Enumerable.Range(0, examples).Select(n => order.At(n)).ToList();
        var second = Enumerable.Range(0, examples).Select(n => order.At(examples + n)).ToList();

        Assert.Equal(Enumerable.Range(0, examples).Select(n => (long)n), first.Order());
        Assert.Equal(first.Order(), second.Order());
        Assert.True(examples < 20 || !first.SequenceEqual(second), "Each epoch has an order of its own.");
    }

    [Property(MaxTest = 50)]
    public void GivenShardsOfAnyNumberOfNodes_WhenReadByAnother_ThenNothingIsLost(byte writers, byte readers, byte size)
    {
        var total = size + 1;
        var parameters = Enumerable.Range(0, total).Select(i => i + 0.25).ToArray();
        var files = Enumerable.Range(0, (writers % 5) + 1).Select(rank => Optimizer(total, rank, (writers % 5) + 1)).Select(optimizer =>
        {
            for (var i = 0; i < optimizer.Shard.Length; i++)
            {
                optimizer.FirstMoment[i] = 1000 + optimizer.Shard.Start + i;
                optimizer.SecondMoment[i] = 2000 + optimizer.Shard.Start + i;
            }
            return ShardFile.Write(3, parameters, optimizer);
        }).ToList();

        for (var rank = 0; rank < (readers % 5) + 1; rank++)
        {
            var optimizer = Optimizer(total, rank, (readers % 5) + 1);
            var read = new double[total];
            files.ForEach(file => ShardFile.Read(file, 3, read, optimizer));
            Assert.Equal(parameters, read);
            Assert.Equal(Enumerable.Range(optimizer.Shard.Start, optimizer.Shard.Length).Select(i => 1000.0 + i), optimizer.FirstMoment);
            Assert.Equal(Enumerable.Range(optimizer.Shard.Start, optimizer.Shard.Length).Select(i => 2000.0 + i), optimizer.SecondMoment);
        }
    }

    [Fact]
    public void GivenARunsLength_WhenTheRateFalls_ThenItEndsAtATenth()
    {
        var optimizer = new AdamOptimizer(0.01, 0.9, 0.99, 100, Shard.Create(1, 0, 1));

        Assert.Equal(0.01, optimizer.LearningRate(1), 1e-12);
        Assert.Equal(0.001, optimizer.LearningRate(100), 1e-12);
    }

    private static AdamOptimizer Optimizer(int total, int rank, int worldSize) => new(0.1, 0.9, 0.99, 10, Shard.Create(total, rank, worldSize));
}
