using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace BuildPipeline.Worker.Model;

/// <summary>
/// The two inner loops of the model. Four fixed lanes and no fused multiply-add: the same bits on every processor,
/// whatever its vector width.
/// </summary>
internal static class VectorMath
{
    /// <summary>y += a x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(double a, ReadOnlySpan<double> x, Span<double> y)
    {
        ref var source = ref MemoryMarshal.GetReference(x);
        ref var target = ref MemoryMarshal.GetReference(y);
        var scale = Vector256.Create(a);
        var i = 0;
        for (; i <= x.Length - 4; i += 4)
        {
            var sum = Vector256.LoadUnsafe(ref target, (nuint)i) + (scale * Vector256.LoadUnsafe(ref source, (nuint)i));
            sum.StoreUnsafe(ref target, (nuint)i);
        }
        for (; i < x.Length; i++)
        {
            y[i] += a * x[i];
        }
    }

    /// <summary>The scalar product of two vectors of one length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        ref var left = ref MemoryMarshal.GetReference(x);
        ref var right = ref MemoryMarshal.GetReference(y);
        var lanes = Vector256<double>.Zero;
        var i = 0;
        for (; i <= x.Length - 4; i += 4)
        {
            lanes += Vector256.LoadUnsafe(ref left, (nuint)i) * Vector256.LoadUnsafe(ref right, (nuint)i);
        }
        var sum = lanes[0] + lanes[1] + (lanes[2] + lanes[3]);
        for (; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }
        return sum;
    }
}
