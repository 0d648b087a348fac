using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace BuildPipeline.Worker.Model;

/// <summary>
/// The inner loops of the model. Four fixed lanes and no fused multiply-add: the same bits on every processor,
/// whatever its vector width. Where four rows of a matrix are worked on side by side, each has the bits that it has alone.
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

    /// <summary>y += a[0] x[0] + a[1] x[1] + ..., where x[k] is a row of a matrix.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaledRows(ReadOnlySpan<double> a, ReadOnlySpan<double> rows, Span<double> y)
    {
        ref var target = ref MemoryMarshal.GetReference(y);
        var k = 0;
        for (; k <= a.Length - 4; k += 4)
        {
            ref var first = ref MemoryMarshal.GetReference(rows[(k * y.Length)..((k + 4) * y.Length)]);
            ref var second = ref Unsafe.Add(ref first, y.Length);
            ref var third = ref Unsafe.Add(ref second, y.Length);
            ref var fourth = ref Unsafe.Add(ref third, y.Length);
            var i = 0;
            for (; i <= y.Length - 4; i += 4)
            {
                var sum = Vector256.LoadUnsafe(ref target, (nuint)i) + (Vector256.Create(a[k]) * Vector256.LoadUnsafe(ref first, (nuint)i));
                sum += Vector256.Create(a[k + 1]) * Vector256.LoadUnsafe(ref second, (nuint)i);
                sum += Vector256.Create(a[k + 2]) * Vector256.LoadUnsafe(ref third, (nuint)i);
                sum += Vector256.Create(a[k + 3]) * Vector256.LoadUnsafe(ref fourth, (nuint)i);
                sum.StoreUnsafe(ref target, (nuint)i);
            }
            for (; i < y.Length; i++)
            {
                y[i] = y[i] + (a[k] * Unsafe.Add(ref first, i)) + (a[k + 1] * Unsafe.Add(ref second, i)) + (a[k + 2] * Unsafe.Add(ref third, i)) + (a[k + 3] * Unsafe.Add(ref fourth, i));
            }
        }
        for (; k < a.Length; k++)
        {
            AddScaled(a[k], rows.Slice(k * y.Length, y.Length), y);
        }
    }

    /// <summary>The scalar products of x with each row of a matrix.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DotRows(ReadOnlySpan<double> x, ReadOnlySpan<double> rows, Span<double> products)
    {
        ref var source = ref MemoryMarshal.GetReference(x);
        var k = 0;
        for (; k <= products.Length - 4; k += 4)
        {
            ref var first = ref MemoryMarshal.GetReference(rows[(k * x.Length)..((k + 4) * x.Length)]);
            ref var second = ref Unsafe.Add(ref first, x.Length);
            ref var third = ref Unsafe.Add(ref second, x.Length);
            ref var fourth = ref Unsafe.Add(ref third, x.Length);
            var (lanes1, lanes2, lanes3, lanes4) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
            var i = 0;
            for (; i <= x.Length - 4; i += 4)
            {
                var left = Vector256.LoadUnsafe(ref source, (nuint)i);
                lanes1 += left * Vector256.LoadUnsafe(ref first, (nuint)i);
                lanes2 += left * Vector256.LoadUnsafe(ref second, (nuint)i);
                lanes3 += left * Vector256.LoadUnsafe(ref third, (nuint)i);
                lanes4 += left * Vector256.LoadUnsafe(ref fourth, (nuint)i);
            }
            var (sum1, sum2, sum3, sum4) = (Sum(lanes1), Sum(lanes2), Sum(lanes3), Sum(lanes4));
            for (; i < x.Length; i++)
            {
                sum1 += x[i] * Unsafe.Add(ref first, i);
                sum2 += x[i] * Unsafe.Add(ref second, i);
                sum3 += x[i] * Unsafe.Add(ref third, i);
                sum4 += x[i] * Unsafe.Add(ref fourth, i);
            }
            (products[k], products[k + 1], products[k + 2], products[k + 3]) = (sum1, sum2, sum3, sum4);
        }
        for (; k < products.Length; k++)
        {
            products[k] = Dot(x, rows.Slice(k * x.Length, x.Length));
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
        var sum = Sum(lanes);
        for (; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Sum(Vector256<double> lanes) => lanes[0] + lanes[1] + (lanes[2] + lanes[3]);
}
