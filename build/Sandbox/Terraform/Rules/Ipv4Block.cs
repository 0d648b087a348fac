using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace BuildPipeline.Sandbox.Terraform.Rules;

/// <summary>A block of IPv4 addresses.</summary>
/// <param name="First">The lowest address, as a number.</param>
/// <param name="Bits">Length of the prefix.</param>
internal readonly record struct Ipv4Block(uint First, int Bits)
{
    private uint Last => First | (Bits == 32 ? 0 : uint.MaxValue >> Bits);

    /// <summary>Reads <c>address/bits</c>, which the configuration's check has let pass.</summary>
    public static Ipv4Block Parse(string cidr)
    {
        var parts = cidr.Split('/');
        return new(Number(IPAddress.Parse(parts[0])), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    public static IPAddress NetworkOf(IPAddress address, int bits)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, bits == 0 ? 0 : Number(address) & (uint.MaxValue << (32 - bits)));
        return new IPAddress(bytes);
    }

    public bool Contains(Ipv4Block other) => First <= other.First && other.Last <= Last;

    public bool Overlaps(Ipv4Block other) => First <= other.Last && other.First <= Last;

    private static uint Number(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
}
