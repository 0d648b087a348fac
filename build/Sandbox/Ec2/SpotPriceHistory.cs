using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BuildPipeline.Sandbox.Pricing;

namespace BuildPipeline.Sandbox.Ec2;

/// <summary>A spot price as it stood in one zone from one moment on.</summary>
internal sealed record SpotPrice(string InstanceType, string Zone, DateTimeOffset At, decimal Price)
{
    /// <summary>The one product that the sandbox has prices of.</summary>
    public const string Product = "Linux/UNIX";

    /// <summary>The price as EC2 writes it.</summary>
    public string Text => Price.ToString("0.000000", CultureInfo.InvariantCulture);

    /// <summary>What a filter of that name looks at.</summary>
    public string Field(string filter) => filter switch
    {
        "availability-zone" => Zone,
        "instance-type" => InstanceType,
        "product-description" => Product,
        _ => Text,
    };
}

/// <summary>Spot prices that are the same whenever they are asked for: about 30 % of on demand, each zone with a level and its own daily wave.</summary>
internal sealed class SpotPriceHistory(RateTable rates)
{
    private const double Level = 0.30;
    private static readonly TimeSpan Step = TimeSpan.FromHours(6);

    /// <summary>Prices of a type that start in the span, and the one that is valid at its start; newest first.</summary>
    public IEnumerable<SpotPrice> Between(string instanceType, string region, DateTimeOffset from, DateTimeOffset to)
    {
        if (rates.Ec2OnDemand(instanceType) is not { } onDemand)
        {
            yield break;
        }

        for (var at = Floor(to); at > from - Step; at -= Step)
        {
            foreach (var zone in "abc")
            {
                var name = region + zone;
                var wave = Math.Sin((2 * Math.PI * at.Hour / 24) + Noise($"{instanceType} {name}"));
                var share = Level * (1 + (0.08 * Noise(name)) + (0.06 * wave) + (0.05 * Noise($"{instanceType} {name} {at.UtcTicks}")));
                yield return new SpotPrice(instanceType, name, at, decimal.Round(onDemand * (decimal)share, 6));
            }
        }
    }

    private static DateTimeOffset Floor(DateTimeOffset moment) => new(moment.UtcTicks - (moment.UtcTicks % Step.Ticks), TimeSpan.Zero);

    // -1 to 1, by the text alone.
    private static double Noise(string text) => (BitConverter.ToUInt32(SHA256.HashData(Encoding.UTF8.GetBytes(text))) / (double)uint.MaxValue * 2) - 1;
}
